//! MTProto 2.0 as the server speaks it: the full TCP transport and the message encryption.
//!
//! Formats: <https://core.telegram.org/mtproto/mtproto-transports#full> and
//! <https://core.telegram.org/mtproto/description>. Every function is pure; nothing here knows
//! what a message means.

use aes::Aes256;
use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt;

/// The largest packet that is read from a client, in bytes.
pub const MAX_PACKET: usize = 2 * 1024 * 1024;

/// A pre-shared authorization key and its id.
#[derive(Clone)]
pub struct AuthKey {
    bytes: [u8; 256],
    id: i64,
}

/// A key never shows its bytes.
impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthKey({:x})", self.id)
    }
}

impl AuthKey {
    /// A key from its 256 bytes.
    pub fn new(bytes: [u8; 256]) -> Self {
        let digest = Sha1::digest(bytes);
        let mut id = [0; 8];
        id.copy_from_slice(&digest[12..20]);
        Self { bytes, id: i64::from_le_bytes(id) }
    }

    /// A fresh random key.
    pub fn random() -> Self {
        let mut bytes = [0; 256];
        rand::fill(&mut bytes);
        Self::new(bytes)
    }

    /// The lower 64 bits of the key's SHA-1, as it travels in front of each packet.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The key as 512 hexadecimal digits, the form in which it is shared beforehand.
    pub fn to_hex(&self) -> String {
        hex::encode(self.bytes)
    }
}

/// Which way a message travels; the two directions derive different keys.
#[derive(Clone, Copy)]
pub enum Direction {
    /// From the client to the server (x = 0).
    ToServer,
    /// From the server to the client (x = 8).
    ToClient,
}

impl Direction {
    fn x(self) -> usize {
        match self {
            Self::ToServer => 0,
            Self::ToClient => 8,
        }
    }
}

/// Why a packet was not accepted.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

/// Wraps a payload for the full transport: length, sequence, payload, CRC-32.
pub fn frame(sequence: u32, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 12);
    out.extend(((payload.len() + 12) as u32).to_le_bytes());
    out.extend(sequence.to_le_bytes());
    out.extend(payload);
    let crc = crc32fast::hash(&out);
    out.extend(crc.to_le_bytes());
    out
}

/// Takes the payload out of a whole frame, checking its sequence and checksum.
pub fn unframe(sequence: u32, frame: &[u8]) -> Result<&[u8], Malformed> {
    let (head, crc) = frame.split_at(frame.len() - 4);
    if crc32fast::hash(head).to_le_bytes() != crc {
        return Err(Malformed("bad checksum"));
    }
    if head[4..8] != sequence.to_le_bytes() {
        return Err(Malformed("bad sequence"));
    }
    Ok(&head[8..])
}

/// Encrypts a plain message; the padding makes its length a multiple of 16.
pub fn encrypt(key: &AuthKey, direction: Direction, mut plain: Vec<u8>) -> Vec<u8> {
    let mut padding = [0u8; 32];
    rand::fill(&mut padding);
    plain.extend(&padding[..12 + (16 - (plain.len() + 12) % 16) % 16]);
    let message_key = message_key(key, direction, &plain);
    let (aes_key, iv) = derive(key, direction, &message_key);
    ige_encrypt(&mut plain, &aes_key, &iv);
    [key.id.to_le_bytes().as_slice(), &message_key, &plain].concat()
}

/// Decrypts what follows the key id of a packet and verifies the message key.
pub fn decrypt(key: &AuthKey, direction: Direction, packet: &[u8]) -> Result<Vec<u8>, Malformed> {
    if packet.len() < 16 + 48 || !(packet.len() - 16).is_multiple_of(16) {
        return Err(Malformed("bad length"));
    }
    let mut given = [0; 16];
    given.copy_from_slice(&packet[..16]);
    let mut plain = packet[16..].to_vec();
    let (aes_key, iv) = derive(key, direction, &given);
    ige_decrypt(&mut plain, &aes_key, &iv);
    if message_key(key, direction, &plain) != given {
        return Err(Malformed("message key mismatch"));
    }
    Ok(plain)
}

fn message_key(key: &AuthKey, direction: Direction, padded: &[u8]) -> [u8; 16] {
    let x = direction.x();
    let large = Sha256::new().chain_update(&key.bytes[88 + x..120 + x]).chain_update(padded).finalize();
    let mut out = [0; 16];
    out.copy_from_slice(&large[8..24]);
    out
}

fn derive(key: &AuthKey, direction: Direction, message_key: &[u8; 16]) -> ([u8; 32], [u8; 32]) {
    let x = direction.x();
    let a = Sha256::new().chain_update(message_key).chain_update(&key.bytes[x..x + 36]).finalize();
    let b = Sha256::new().chain_update(&key.bytes[40 + x..76 + x]).chain_update(message_key).finalize();
    let (mut aes_key, mut iv) = ([0; 32], [0; 32]);
    aes_key[..8].copy_from_slice(&a[..8]);
    aes_key[8..24].copy_from_slice(&b[8..24]);
    aes_key[24..].copy_from_slice(&a[24..]);
    iv[..8].copy_from_slice(&b[..8]);
    iv[8..24].copy_from_slice(&a[8..24]);
    iv[24..].copy_from_slice(&b[24..]);
    (aes_key, iv)
}

fn xor(block: &mut [u8; 16], other: &[u8; 16]) {
    block.iter_mut().zip(other).for_each(|(b, o)| *b ^= o);
}

fn halves(iv: &[u8; 32]) -> ([u8; 16], [u8; 16]) {
    let (mut first, mut second) = ([0; 16], [0; 16]);
    first.copy_from_slice(&iv[..16]);
    second.copy_from_slice(&iv[16..]);
    (first, second)
}

fn ige_encrypt(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
    let cipher = Aes256::new(&Array::from(*key));
    let (mut previous_cipher, mut previous_plain) = halves(iv);
    for block in data.as_chunks_mut::<16>().0 {
        let plain = *block;
        xor(block, &previous_cipher);
        let mut sealed = Array::from(*block);
        cipher.encrypt_block(&mut sealed);
        *block = sealed.into();
        xor(block, &previous_plain);
        (previous_cipher, previous_plain) = (*block, plain);
    }
}

fn ige_decrypt(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
    let cipher = Aes256::new(&Array::from(*key));
    let (mut previous_cipher, mut previous_plain) = halves(iv);
    for block in data.as_chunks_mut::<16>().0 {
        let sealed = *block;
        xor(block, &previous_plain);
        let mut opened = Array::from(*block);
        cipher.decrypt_block(&mut opened);
        *block = opened.into();
        xor(block, &previous_cipher);
        (previous_cipher, previous_plain) = (sealed, *block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_the_round_trip_and_a_changed_byte_does_not() {
        let key = AuthKey::random();
        let packet = encrypt(&key, Direction::ToServer, vec![7; 40]);
        let plain = decrypt(&key, Direction::ToServer, &packet[8..]);
        assert_eq!(plain.map(|p| p[..40].to_vec()), Ok(vec![7; 40]));
        assert!(decrypt(&key, Direction::ToClient, &packet[8..]).is_err());
        let mut broken = packet[8..].to_vec();
        broken[30] ^= 1;
        assert!(decrypt(&key, Direction::ToServer, &broken).is_err());
    }

    #[test]
    fn a_frame_is_refused_when_its_checksum_or_sequence_is_wrong() {
        let mut whole = frame(3, b"payload!");
        assert_eq!(unframe(3, &whole), Ok(b"payload!".as_slice()));
        assert!(unframe(4, &whole).is_err());
        whole[9] ^= 1;
        assert!(unframe(3, &whole).is_err());
    }
}
