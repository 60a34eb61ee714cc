//! The methods that the sandbox answers: one file per group, this one dispatches.

mod auth;
mod bots;
mod channels;
pub(crate) use channels::member;
mod delete;
mod edit;
mod files;
mod limits;
mod managed;
mod send;
mod updates;
mod users;

use crate::connection::{Push, rpc_error};
use crate::faults::{self, Misbehave};
use crate::messages_in;
use crate::model::World;
use crate::server::Shared;
use grammers_tl_types::{self as tl, Deserializable, Identifiable, Serializable};
use std::net::SocketAddr;

/// What a request leads to.
pub enum Served {
    /// No answer is due.
    Nothing,
    /// A service message that is not an RPC result.
    Plain(Vec<u8>),
    /// An RPC result, and what goes wrong with its answer.
    Result(Vec<u8>, Option<Misbehave>),
    /// The connection ends here.
    Goodbye,
}

/// An error of the API, by code and name, as <https://core.telegram.org/api/errors> lists them.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(pub i32, pub String);

impl Refusal {
    fn new(code: i32, name: &str) -> Self {
        Self(code, name.to_owned())
    }
}

/// Methods by which a bot says something to people.
const SAYING: [&str; 4] =
    ["messages.sendMessage", "messages.sendMedia", "messages.editMessage", "messages.setBotCallbackAnswer"];

/// Who asks.
#[derive(Clone, Copy)]
struct Caller {
    key: i64,
    address: SocketAddr,
}

type Answered<T> = Result<T, Refusal>;

/// Serves one request: service messages first, then the API behind its faults.
pub fn serve(shared: &Shared, connection: u64, message: i64, body: &[u8]) -> Served {
    if let Some(served) = service_message(message, body) {
        return served;
    }
    let Ok(body) = messages_in::unwrap_request(body) else {
        return Served::Result(rpc_error(400, "INPUT_REQUEST_INVALID"), None);
    };
    let mut world = shared.world();
    let Some(key) = world.connections.iter().find(|c| c.id == connection).map(|c| c.key) else {
        return Served::Goodbye;
    };
    if world.kill_if_shared(key) {
        return Served::Result(rpc_error(406, "AUTH_KEY_DUPLICATED"), None);
    }
    let caller = Caller { key, address: shared.address };
    let served = behind_faults(&mut world, caller, &body);
    drop(world);
    shared.touch();
    served
}

fn behind_faults(world: &mut World, caller: Caller, body: &[u8]) -> Served {
    let constructor = messages_in::constructor(body).unwrap_or(0);
    let method = method_name(constructor);
    let bot = world.keys.get(&caller.key).and_then(|k| k.bot);
    let text = String::from_utf8_lossy(body);
    let fault = faults::strike(&mut world.faults, bot, method, &text);
    match fault {
        Some(Misbehave::Ignore) => Served::Nothing,
        Some(Misbehave::Refuse(code, name)) => Served::Result(rpc_error(code, &name), None),
        other => {
            *world.served.entry(method).or_default() += 1;
            if let Some(key) = world.keys.get_mut(&caller.key).filter(|_| SAYING.contains(&method)) {
                key.said += 1;
            }
            let answer = route(world, caller, constructor, &body[4.min(body.len())..]);
            let body = answer.unwrap_or_else(|Refusal(code, name)| rpc_error(code, &name));
            Served::Result(body, other)
        }
    }
}

/// Requests and notices of the protocol itself, below the API.
fn service_message(message: i64, body: &[u8]) -> Option<Served> {
    let pong =
        |ping_id| Some(Served::Plain(tl::enums::Pong::from(tl::types::Pong { msg_id: message, ping_id }).to_bytes()));
    match messages_in::constructor(body).ok()? {
        tl::functions::Ping::CONSTRUCTOR_ID => pong(i64::from_bytes(&body[4..]).ok()?),
        tl::functions::PingDelayDisconnect::CONSTRUCTOR_ID => pong(i64::from_bytes(&body[4..]).ok()?),
        tl::types::MsgsAck::CONSTRUCTOR_ID
        | tl::types::MsgsStateReq::CONSTRUCTOR_ID
        | tl::types::HttpWait::CONSTRUCTOR_ID => Some(Served::Nothing),
        tl::functions::GetFutureSalts::CONSTRUCTOR_ID => {
            let salts = tl::types::FutureSalts {
                req_msg_id: message,
                now: crate::tl_build::unix_now(),
                salts: tl::RawVec(Vec::new()),
            };
            Some(Served::Plain(tl::enums::FutureSalts::from(salts).to_bytes()))
        }
        _ => None,
    }
}

macro_rules! routes {
    ($($name:literal $request:path => $handler:path),* $(,)?) => {
        fn method_name(constructor: u32) -> &'static str {
            match constructor {
                $(<$request>::CONSTRUCTOR_ID => $name,)*
                _ => "unknown",
            }
        }

        fn route(world: &mut World, caller: Caller, constructor: u32, body: &[u8]) -> Answered<Vec<u8>> {
            match constructor {
                $(<$request>::CONSTRUCTOR_ID => {
                    let request = <$request>::from_bytes(body)
                        .map_err(|_| Refusal::new(400, "INPUT_REQUEST_INVALID"))?;
                    $handler(world, caller, request).map(|answer| answer.to_bytes())
                })*
                other => {
                    tracing::info!("no such method here: {}", tl::name_for_id(other));
                    Err(Refusal::new(400, "INPUT_METHOD_INVALID"))
                }
            }
        }
    };
}

routes! {
    "help.getConfig" tl::functions::help::GetConfig => auth::config,
    "auth.importBotAuthorization" tl::functions::auth::ImportBotAuthorization => auth::sign_in,
    "auth.logOut" tl::functions::auth::LogOut => auth::sign_out,
    "updates.getState" tl::functions::updates::GetState => updates::state,
    "updates.getDifference" tl::functions::updates::GetDifference => updates::difference,
    "users.getUsers" tl::functions::users::GetUsers => users::get,
    "messages.sendMessage" tl::functions::messages::SendMessage => send::send,
    "messages.sendMedia" tl::functions::messages::SendMedia => files::send,
    "upload.saveFilePart" tl::functions::upload::SaveFilePart => files::save_part,
    "upload.saveBigFilePart" tl::functions::upload::SaveBigFilePart => files::save_big_part,
    "upload.getFile" tl::functions::upload::GetFile => files::get,
    "messages.editMessage" tl::functions::messages::EditMessage => edit::edit,
    "messages.deleteMessages" tl::functions::messages::DeleteMessages => delete::delete,
    "messages.getMessages" tl::functions::messages::GetMessages => users::messages,
    "messages.setBotCallbackAnswer" tl::functions::messages::SetBotCallbackAnswer => bots::answer_press,
    "contacts.resolveUsername" tl::functions::contacts::ResolveUsername => channels::resolve,
    "channels.getChannels" tl::functions::channels::GetChannels => channels::get,
    "channels.getParticipant" tl::functions::channels::GetParticipant => channels::participant,
    "bots.setBotCommands" tl::functions::bots::SetBotCommands => bots::set_commands,
    "bots.exportBotToken" tl::functions::bots::ExportBotToken => managed::export_token,
}

impl World {
    /// A key that is in use from two addresses at once is dead from then on, as in Telegram.
    fn kill_if_shared(&mut self, key: i64) -> bool {
        let mut hosts: Vec<_> = self.connections.iter().filter(|c| c.key == key).map(|c| c.from).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let Some(state) = self.keys.get_mut(&key) else { return true };
        if hosts.len() > 1 {
            state.killed = true;
            state.bot = None;
            for open in self.connections.iter().filter(|c| c.key == key) {
                let _ = open.push.send(Push::Cut);
            }
        }
        state.killed
    }

    /// The bot that the caller is signed in as.
    fn signed_in(&self, caller: Caller) -> Answered<i64> {
        let bot = self.keys.get(&caller.key).and_then(|k| k.bot);
        bot.ok_or_else(|| Refusal::new(401, "AUTH_KEY_UNREGISTERED"))
    }
}
