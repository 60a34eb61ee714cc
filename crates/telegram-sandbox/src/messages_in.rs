//! What a client's decrypted packet holds: containers and gzip opened, one entry per request.
//!
//! Formats: <https://core.telegram.org/mtproto/service_messages>.

use crate::wire::Malformed;
use flate2::read::GzDecoder;
use grammers_tl_types::{self as tl, Cursor, Deserializable, Identifiable};
use std::io::Read;

const CONTAINER: u32 = 0x73f1_f8dc;
const GZIP_PACKED: u32 = 0x3072_cfa1;
/// A request may not unpack to more than this, in bytes.
const MAX_UNPACKED: u64 = 8 * 1024 * 1024;

/// One message of a client.
#[derive(Debug)]
pub struct Incoming {
    /// The client's message id, which an answer names.
    pub id: i64,
    /// The serialized request.
    pub body: Vec<u8>,
}

/// A decrypted packet: the session it belongs to, and its messages in order.
#[derive(Debug)]
pub struct Packet {
    /// The client's session id.
    pub session: i64,
    /// The messages, containers opened.
    pub messages: Vec<Incoming>,
}

fn truncated<E>(_: E) -> Malformed {
    Malformed("truncated")
}

/// Reads a decrypted packet: salt, session, message.
pub fn read_packet(plain: &[u8]) -> Result<Packet, Malformed> {
    let mut cursor = Cursor::from_slice(plain);
    let _salt = i64::deserialize(&mut cursor).map_err(truncated)?;
    let session = i64::deserialize(&mut cursor).map_err(truncated)?;
    let mut messages = Vec::new();
    read_message(&mut cursor, &mut messages)?;
    Ok(Packet { session, messages })
}

fn read_message(cursor: &mut Cursor<'_>, out: &mut Vec<Incoming>) -> Result<(), Malformed> {
    let id = i64::deserialize(cursor).map_err(truncated)?;
    let _sequence = i32::deserialize(cursor).map_err(truncated)?;
    let length = i32::deserialize(cursor).map_err(truncated)?;
    let length = usize::try_from(length).map_err(truncated)?;
    if length > crate::wire::MAX_PACKET {
        return Err(Malformed("message too long"));
    }
    let mut body = vec![0; length];
    cursor.read_exact(&mut body).map_err(truncated)?;
    open(id, body, out)
}

fn open(id: i64, body: Vec<u8>, out: &mut Vec<Incoming>) -> Result<(), Malformed> {
    match constructor(&body)? {
        CONTAINER => {
            let mut inner = Cursor::from_slice(&body[4..]);
            let count = i32::deserialize(&mut inner).map_err(truncated)?;
            (0..count).try_for_each(|_| read_message(&mut inner, out))
        }
        GZIP_PACKED => open(id, gunzip(&body[4..])?, out),
        _ => {
            out.push(Incoming { id, body });
            Ok(())
        }
    }
}

fn gunzip(packed: &[u8]) -> Result<Vec<u8>, Malformed> {
    let data = Vec::<u8>::from_bytes(packed).map_err(truncated)?;
    let mut out = Vec::new();
    GzDecoder::new(data.as_slice()).take(MAX_UNPACKED).read_to_end(&mut out).map_err(|_| Malformed("bad gzip"))?;
    Ok(out)
}

/// The constructor id at the head of a serialized value.
pub fn constructor(body: &[u8]) -> Result<u32, Malformed> {
    u32::from_bytes(body).map_err(truncated)
}

/// Takes off the wrappers that clients put around requests (`invokeWithLayer`, `initConnection`,
/// `invokeWithoutUpdates`, `invokeAfterMsg`) and returns the request itself.
pub fn unwrap_request(body: &[u8]) -> Result<Vec<u8>, Malformed> {
    type Blob = tl::Blob;
    let mut body = body.to_vec();
    loop {
        let inner = match constructor(&body)? {
            tl::functions::InvokeWithLayer::<Blob>::CONSTRUCTOR_ID => body.split_off(8),
            tl::functions::InvokeWithoutUpdates::<Blob>::CONSTRUCTOR_ID => body.split_off(4),
            tl::functions::InvokeAfterMsg::<Blob>::CONSTRUCTOR_ID => body.split_off(12),
            tl::functions::InitConnection::<Blob>::CONSTRUCTOR_ID => after_init_connection(&body)?,
            GZIP_PACKED => gunzip(&body[4..])?,
            _ => return Ok(body),
        };
        body = inner;
    }
}

fn after_init_connection(body: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut cursor = Cursor::from_slice(&body[4..]);
    let flags = u32::deserialize(&mut cursor).map_err(truncated)?;
    i32::deserialize(&mut cursor).map_err(truncated)?;
    for _ in 0..6 {
        String::deserialize(&mut cursor).map_err(truncated)?;
    }
    if flags & 1 != 0 {
        tl::enums::InputClientProxy::deserialize(&mut cursor).map_err(truncated)?;
    }
    if flags & 2 != 0 {
        tl::enums::Jsonvalue::deserialize(&mut cursor).map_err(truncated)?;
    }
    let read = 4 + cursor.pos();
    body.get(read..).map(<[u8]>::to_vec).ok_or(Malformed("truncated"))
}
