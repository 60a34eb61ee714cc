//! One client's TCP connection: reads packets, has each request served, writes answers and pushes.

use crate::api::{self, Served};
use crate::faults::Misbehave;
use crate::messages_in::{self, Incoming, Packet};
use crate::server::Shared;
use crate::wire::{self, AuthKey, Direction, Malformed};
use grammers_tl_types::{self as tl, Serializable};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;

/// What other tasks may ask of a connection.
#[derive(Debug)]
pub enum Push {
    /// Send these serialized updates.
    Updates(Vec<u8>),
    /// Send the answer to an earlier request.
    Answer(i64, Vec<u8>),
    /// Close the connection.
    Cut,
}

/// An open connection as the world knows it.
#[derive(Debug)]
pub struct Open {
    /// Given out in order.
    pub id: u64,
    /// The key that it is encrypted with.
    pub key: i64,
    /// Where it comes from: tells hosts apart.
    pub from: IpAddr,
    /// The bot that it is signed in as.
    pub bot: Option<i64>,
    /// The way to it.
    pub push: mpsc::UnboundedSender<Push>,
}

/// Frames of one client that were read and not yet served.
const QUEUED_FRAMES: usize = 64;

struct Link {
    stream: OwnedWriteHalf,
    sent: u32,
    key: AuthKey,
    session: i64,
    last_message_id: i64,
    sequence: i32,
}

fn broken(e: Malformed) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, e.0)
}

/// Serves a client until it leaves, misbehaves, or is cut off.
pub async fn serve(shared: Arc<Shared>, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let from = stream.peer_addr()?.ip();
    let (reader, writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let first = read_frame(&mut reader, 0).await?;
    let Some(key) = shared.key_of(&first) else {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "unknown key"));
    };
    let (push, pushes) = mpsc::unbounded_channel();
    let id = shared.connected(key.id(), from, push);
    let (frames_in, frames) = mpsc::channel(QUEUED_FRAMES);
    let reading = tokio::spawn(read_frames(reader, frames_in));
    let mut link = Link { stream: writer, sent: 0, key, session: 0, last_message_id: 0, sequence: 0 };
    let result = link.run(&shared, id, first, frames, pushes).await;
    reading.abort();
    shared.disconnected(id);
    result
}

async fn read_frames(mut reader: BufReader<OwnedReadHalf>, frames: mpsc::Sender<Vec<u8>>) {
    for sequence in 1.. {
        let Ok(frame) = read_frame(&mut reader, sequence).await else { return };
        if frames.send(frame).await.is_err() {
            return;
        }
    }
}

async fn read_frame(reader: &mut BufReader<OwnedReadHalf>, sequence: u32) -> io::Result<Vec<u8>> {
    let length = reader.read_u32_le().await? as usize;
    if !(24..=wire::MAX_PACKET).contains(&length) {
        return Err(broken(Malformed("bad frame length")));
    }
    let mut frame = vec![0; length];
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    reader.read_exact(&mut frame[4..]).await?;
    wire::unframe(sequence, &frame).map(<[u8]>::to_vec).map_err(broken)
}

impl Link {
    async fn run(
        &mut self,
        shared: &Arc<Shared>,
        id: u64,
        first: Vec<u8>,
        mut frames: mpsc::Receiver<Vec<u8>>,
        mut pushes: mpsc::UnboundedReceiver<Push>,
    ) -> io::Result<()> {
        let mut open = self.packet(shared, id, &first).await?;
        while open {
            open = tokio::select! {
                frame = frames.recv() => match frame {
                    Some(frame) => self.packet(shared, id, &frame).await?,
                    None => false,
                },
                push = pushes.recv() => match push {
                    Some(Push::Updates(body)) => self.write(&body, 3).await.map(|()| true)?,
                    Some(Push::Answer(to, body)) => self.answer(to, &body).await.map(|()| true)?,
                    Some(Push::Cut) | None => false,
                },
            };
        }
        Ok(())
    }

    /// Serves one packet; false when the connection is to be closed.
    async fn packet(&mut self, shared: &Arc<Shared>, id: u64, payload: &[u8]) -> io::Result<bool> {
        if payload.len() < 8 || payload[..8] != self.key.id().to_le_bytes() {
            return Err(broken(Malformed("another key on the same connection")));
        }
        let plain = wire::decrypt(&self.key, Direction::ToServer, &payload[8..]).map_err(broken)?;
        let Packet { session, messages } = messages_in::read_packet(&plain).map_err(broken)?;
        self.session = session;
        for message in messages {
            if !self.message(shared, id, message).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn message(&mut self, shared: &Arc<Shared>, id: u64, message: Incoming) -> io::Result<bool> {
        let Incoming { id: to, body } = message;
        match api::serve(shared, id, to, &body) {
            Served::Nothing => {}
            Served::Plain(body) => self.write(&body, 1).await?,
            Served::Result(body, None) => self.answer(to, &body).await?,
            Served::Result(body, Some(Misbehave::Delay(time))) => later(shared, id, time, to, body),
            Served::Result(_, Some(Misbehave::CutAfter)) | Served::Goodbye => return Ok(false),
            Served::Result(_, Some(_)) => {}
        }
        Ok(true)
    }

    async fn answer(&mut self, to: i64, result: &[u8]) -> io::Result<()> {
        const RPC_RESULT: u32 = 0xf35c_6d01;
        let mut body = Vec::with_capacity(12 + result.len());
        RPC_RESULT.serialize(&mut body);
        to.serialize(&mut body);
        body.extend(result);
        self.write(&body, 1).await
    }

    /// Writes one message; `kind` is 1 for answers and 3 for what the server says by itself.
    async fn write(&mut self, body: &[u8], kind: i64) -> io::Result<()> {
        let mut plain = Vec::with_capacity(32 + body.len());
        0i64.serialize(&mut plain);
        self.session.serialize(&mut plain);
        self.next_message_id(kind).serialize(&mut plain);
        (self.sequence * 2 + 1).serialize(&mut plain);
        self.sequence += 1;
        (body.len() as i32).serialize(&mut plain);
        plain.extend(body);
        let packet = wire::encrypt(&self.key, Direction::ToClient, plain);
        let frame = wire::frame(self.sent, &packet);
        self.sent += 1;
        self.stream.write_all(&frame).await
    }

    fn next_message_id(&mut self, kind: i64) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let id = ((now.as_secs() as i64) << 32 | (i64::from(now.subsec_nanos()) << 2)) & !3;
        self.last_message_id = id.max((self.last_message_id & !3) + 4) | kind;
        self.last_message_id
    }
}

fn later(shared: &Arc<Shared>, id: u64, time: Duration, to: i64, body: Vec<u8>) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        shared.push(id, Push::Answer(to, body));
    });
}

/// An RPC error as it travels in an answer.
pub fn rpc_error(code: i32, message: &str) -> Vec<u8> {
    tl::enums::RpcError::from(tl::types::RpcError { error_code: code, error_message: message.to_owned() }).to_bytes()
}
