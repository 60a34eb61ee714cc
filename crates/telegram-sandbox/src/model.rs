//! What the sandbox remembers: bots, people, messages, presses. Plain data, no behaviour.

use grammers_tl_types as tl;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Instant;
use tokio::sync::mpsc::UnboundedSender;

/// A person with a Telegram account.
#[derive(Clone, Debug)]
pub struct Person {
    /// Telegram's user id.
    pub id: i64,
    /// The given name.
    pub first_name: String,
    /// The public @name, without the @.
    pub username: Option<String>,
    /// The language of the Telegram client, ISO 639-1.
    pub language: Option<String>,
    /// The account was deleted: Telegram tells its id and nothing else.
    pub deleted: bool,
}

/// A bot account, as BotFather would have made it.
#[derive(Debug)]
pub struct Bot {
    /// The bot's user id, the number in front of the token's colon.
    pub id: i64,
    /// The public @name, without the @.
    pub username: String,
    /// The secret that signs the bot in; `None` once it was revoked.
    pub token: Option<String>,
    /// Private chats by the person's id.
    pub chats: HashMap<i64, Chat>,
    /// The last message id given out; one sequence for the whole account, as in Telegram.
    pub last_message_id: i32,
    /// The account's persistent timestamp: counts what `log` holds. New accounts start at 1.
    pub pts: i32,
    /// Every update that carries a pts, oldest first, for `updates.getDifference`.
    pub log: Vec<Logged>,
    /// The random ids that are still remembered, oldest first.
    pub random_ids: VecDeque<i64>,
    /// The same ids, to be found quickly.
    pub known_random_ids: HashSet<i64>,
    /// Command lists by scope and language, as last set.
    pub commands: HashMap<(String, String), Vec<(String, String)>>,
    /// How often the token was used to sign in.
    pub sign_ins: u32,
    /// The most connections that it ever had at once.
    pub most_connections: usize,
    /// "Bot Management Mode": people may create bots with it, and it exports their tokens.
    pub manages_bots: bool,
    /// The bot that manages it.
    pub manager: Option<i64>,
    /// Counts what `managed` holds; another sequence than `pts`.
    pub qts: i32,
    /// Every update about the bots that it manages and the qts after it, oldest first.
    pub managed: Vec<(i32, tl::enums::Update)>,
}

/// An update that counts, and the pts that the account had after it.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The account's pts after this update.
    pub pts: i32,
    /// The update.
    pub update: tl::enums::Update,
    /// The person in whose chat it happened.
    pub person: i64,
}

/// A private chat of one bot with one person.
#[derive(Debug, Default)]
pub struct Chat {
    /// The messages that exist, oldest first.
    pub messages: Vec<Message>,
    /// The person has stopped the bot.
    pub blocked: bool,
    /// Everything that happened, in order, for people to read.
    pub story: Vec<Happening>,
}

/// What a chat keeps, newest last; older things are forgotten.
const KEPT: usize = 1000;

impl World {
    /// Adds to a chat's story, and tells those who watch.
    pub fn tell(&mut self, bot: i64, person: i64, happening: Happening) {
        self.watchers.retain(|watcher| watcher.send((bot, person, happening.clone())).is_ok());
        let Some(chat) = self.bots.get_mut(&bot).and_then(|b| b.chats.get_mut(&person)) else { return };
        if chat.story.len() >= KEPT {
            chat.story.drain(..KEPT / 2);
        }
        chat.story.push(happening);
    }
}

impl Chat {
    /// Adds a message.
    pub fn keep(&mut self, message: Message) {
        if self.messages.len() >= KEPT {
            self.messages.drain(..KEPT / 2);
        }
        self.messages.push(message);
    }
}

/// Something that happened in a chat, as people see it.
#[derive(Clone, Debug)]
pub enum Happening {
    /// The person wrote this.
    Wrote(String),
    /// The person pressed the button with this label.
    Pressed(String),
    /// The bot sent this.
    Sent(Message),
    /// The bot changed a message into this.
    Edited(Message),
    /// The bot showed this notice.
    Notice(String),
}

/// A message as the server keeps it.
#[derive(Clone, Debug)]
pub struct Message {
    /// The id within the bot's account.
    pub id: i32,
    /// Written by the bot, not by the person.
    pub from_bot: bool,
    /// The text.
    pub text: String,
    /// Formatting.
    pub entities: Vec<tl::enums::MessageEntity>,
    /// The buttons under it.
    pub markup: Option<tl::enums::ReplyMarkup>,
    /// Unix time, seconds.
    pub date: i32,
    /// What the message said before each edit, oldest first.
    pub earlier: Vec<String>,
    /// What it brings along.
    pub attached: Attached,
}

/// What a message brings along besides its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Attached {
    /// Nothing.
    #[default]
    Nothing,
    /// It is a channel's post, forwarded.
    Post {
        /// The channel's id.
        channel: i64,
    },
    /// It was written by another person, and forwarded.
    WrittenBy {
        /// That person's id; hidden by those who wish so.
        person: Option<i64>,
    },
    /// A channel that the person picked on a keyboard of the bot.
    Picked {
        /// The button's id.
        button: i32,
        /// The channel's id.
        channel: i64,
    },
    /// A bot that the person created on a keyboard of the bot.
    Created {
        /// The created bot's id.
        bot: i64,
    },
    /// A file.
    File(crate::files::File),
    /// A photo; nobody looks at it.
    Photo,
}

impl Attached {
    /// The channel that it names.
    pub fn channel(&self) -> Option<i64> {
        match self {
            Self::Nothing | Self::WrittenBy { .. } | Self::Created { .. } | Self::File(_) | Self::Photo => None,
            Self::Post { channel } | Self::Picked { channel, .. } => Some(*channel),
        }
    }
}

/// A channel.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Telegram's id of it, without the -100 in front.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// The public @name, without the @; private channels have none.
    pub username: Option<String>,
    /// Those who are in it, or were.
    pub members: HashMap<i64, Standing>,
    /// Bots that are admins.
    pub admins: HashSet<i64>,
}

/// How somebody stands to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In it.
    Member,
    /// In it, with fewer rights; Telegram calls this banned too.
    Restricted,
    /// Thrown out.
    Banned,
}

/// A press on an inline button that waits for its answer.
#[derive(Debug)]
pub struct Press {
    /// The pressed bot.
    pub bot: i64,
    /// Who pressed.
    pub person: i64,
    /// When it was pressed.
    pub at: Instant,
    /// When and how it was answered.
    pub answer: Option<(Instant, Answer)>,
}

/// What a bot answered to a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The notice, if any.
    pub text: Option<String>,
    /// Shown as a dialog that must be closed, not as a toast.
    pub alert: bool,
}

/// An authorization key that was shared beforehand, and who uses it.
#[derive(Debug)]
pub struct KeyState {
    /// The key.
    pub key: crate::wire::AuthKey,
    /// The bot that signed in with it.
    pub bot: Option<i64>,
    /// Used from two addresses at once, so killed for good.
    pub killed: bool,
    /// Requests made with it that say something to people.
    pub said: u64,
}

/// How a key was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Requests made with it that say something to people.
    pub said: u64,
    /// Used from two addresses at once, so killed for good.
    pub killed: bool,
    /// Connections that use it.
    pub connections: usize,
}

/// The whole memory of the sandbox.
#[derive(Debug, Default)]
pub struct World {
    /// Bots by id.
    pub bots: HashMap<i64, Bot>,
    /// People by id.
    pub people: HashMap<i64, Person>,
    /// Channels by id.
    pub channels: HashMap<i64, Channel>,
    /// Keys by id.
    pub keys: HashMap<i64, KeyState>,
    /// Presses by query id.
    pub presses: HashMap<i64, Press>,
    /// The last query id.
    pub last_query_id: i64,
    /// Open connections.
    pub connections: Vec<crate::connection::Open>,
    /// The connection ids that were given out so far.
    pub last_connection_id: u64,
    /// What goes wrong on purpose.
    pub faults: Vec<crate::faults::Fault>,
    /// Which accounts have talked to the bot, so that access hash 0 is enough.
    pub met: HashSet<(i64, i64)>,
    /// Bots that are told a configuration which no client can read.
    pub garbled: HashSet<i64>,
    /// How many more updates of each bot get lost on the way.
    pub to_lose: HashMap<i64, u32>,
    /// Who hears of everything that happens in a chat: bot, person, what.
    pub watchers: Vec<UnboundedSender<(i64, i64, Happening)>>,
    /// The files that exist, by id.
    pub files: HashMap<i64, crate::files::File>,
    /// The parts of files that are being uploaded, by the uploader's id.
    pub uploads: HashMap<i64, std::collections::BTreeMap<i32, Vec<u8>>>,
    /// Answered requests by method name.
    pub served: HashMap<&'static str, u64>,
}
