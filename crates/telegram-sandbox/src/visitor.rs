//! A person in front of a bot: what tests and demonstrations hold in their hand.

use crate::files::Contents;
use crate::model::{Answer, Attached, Happening, Message, Person, Press, World};
use crate::server::{Sandbox, Shared};
use crate::tl_build;
use grammers_tl_types as tl;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a wait lasts before it fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A person in the private chat with one bot.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub(crate) shared: Arc<Shared>,
    /// The person's Telegram id.
    pub id: i64,
    /// The bot's id.
    pub bot: i64,
}

/// A button as the person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What is written on it.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Tells the bot this data.
    Callback(Vec<u8>),
    /// Copies this text.
    Copy(String),
    /// Opens this address.
    Url(String),
}

/// A wait that ended without what was waited for; it shows the chat as it was then.
#[derive(Debug)]
pub struct NotSeen(pub String);

impl std::fmt::Display for NotSeen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not seen; the chat shows:\n{}", self.0)
    }
}

impl std::error::Error for NotSeen {}

impl Message {
    /// The message's inline buttons, row by row.
    pub fn rows(&self) -> Vec<Vec<Button>> {
        let Some(tl::enums::ReplyMarkup::ReplyInlineMarkup(markup)) = &self.markup else { return Vec::new() };
        let rows = markup.rows.iter().map(|tl::enums::KeyboardInlineButtonRow::Row(row)| row);
        rows.map(|row| row.buttons.iter().filter_map(button).collect()).collect()
    }

    /// The file that it brings along.
    pub fn file(&self) -> Option<&crate::files::File> {
        match &self.attached {
            Attached::File(file) => Some(file),
            _ => None,
        }
    }

    /// The first button whose label contains `part`.
    pub fn button(&self, part: &str) -> Option<Button> {
        self.rows().into_iter().flatten().find(|b| b.label.contains(part))
    }

    /// The texts that are formatted as code, in order.
    pub fn codes(&self) -> Vec<String> {
        let units: Vec<u16> = self.text.encode_utf16().collect();
        let code = |e: &tl::enums::MessageEntity| match e {
            tl::enums::MessageEntity::Code(e) => {
                let (from, length) = (e.offset as usize, e.length as usize);
                units.get(from..from + length).map(String::from_utf16_lossy)
            }
            _ => None,
        };
        self.entities.iter().filter_map(code).collect()
    }
}

fn button(tl::enums::KeyboardInlineButton::Button(b): &tl::enums::KeyboardInlineButton) -> Option<Button> {
    use tl::enums::InlineButtonType as Kind;
    let action = match &b.r#type {
        Kind::Callback(kind) => Action::Callback(kind.data.clone()),
        Kind::Copy(kind) => Action::Copy(kind.copy_text.clone()),
        Kind::Url(kind) => Action::Url(kind.url.clone()),
        _ => return None,
    };
    Some(Button { label: b.text.clone(), action })
}

/// How a person looks.
#[derive(Clone, Debug, Default)]
pub struct Profile<'a> {
    /// The given name.
    pub first_name: &'a str,
    /// The public @name, without the @.
    pub username: Option<&'a str>,
    /// The language of the Telegram client.
    pub language: Option<&'a str>,
    /// The account was deleted.
    pub deleted: bool,
}

impl Sandbox {
    /// A person who opens the private chat with a bot; `language` is their Telegram client's.
    pub fn visitor(&self, bot: i64, id: i64, first_name: &str, language: &str) -> Visitor {
        let username = format!("user{id}");
        let profile = Profile { first_name, username: Some(&username), language: Some(language), deleted: false };
        self.visitor_like(bot, id, &profile)
    }

    /// A person who looks like this; somebody known changes their looks.
    pub fn visitor_like(&self, bot: i64, id: i64, profile: &Profile<'_>) -> Visitor {
        let person = Person {
            id,
            first_name: profile.first_name.to_owned(),
            username: profile.username.map(str::to_owned),
            language: profile.language.map(str::to_owned),
            deleted: profile.deleted,
        };
        self.shared.world().people.insert(id, person);
        Visitor { shared: Arc::clone(&self.shared), id, bot }
    }
}

impl Sandbox {
    /// People who have talked to a bot before, as many as there are ids.
    pub fn add_people(&self, bot: i64, ids: std::ops::Range<i64>) {
        let mut world = self.shared.world();
        for id in ids {
            let (first_name, username) = (format!("user {id}"), Some(format!("user{id}")));
            world.people.insert(id, Person { id, first_name, username, language: None, deleted: false });
            world.met.insert((bot, id));
            if let Some(account) = world.bots.get_mut(&bot) {
                account.chats.entry(id).or_default();
            }
        }
    }

    /// A person who has been here before.
    pub fn known_visitor(&self, bot: i64, id: i64) -> Visitor {
        Visitor { shared: Arc::clone(&self.shared), id, bot }
    }
}

impl Visitor {
    /// Writes a text to the bot. It is kept, and found again by `getDifference`, when the bot is away.
    pub fn send(&self, text: &str) {
        self.send_with(text, Attached::Nothing);
    }

    /// Forwards a post of a channel to the bot.
    pub fn forward(&self, channel: i64, text: &str) {
        self.send_with(text, Attached::Post { channel });
    }

    /// Forwards what another person wrote; `None` is somebody who hides behind a name.
    pub fn forward_from(&self, person: Option<i64>, text: &str) {
        self.send_with(text, Attached::WrittenBy { person });
    }

    /// Sends a file to the bot.
    pub fn send_file(&self, name: &str, mime_type: &str, contents: Contents) {
        let file = self.shared.world().add_file(name, mime_type, contents);
        self.send_with("", Attached::File(file));
    }

    /// Sends a photo to the bot.
    pub fn send_photo(&self) {
        self.send_with("", Attached::Photo);
    }

    /// Picks a channel on the bot's keyboard; the button is named by its id.
    pub fn pick(&self, button: i32, channel: i64) {
        self.send_with("", Attached::Picked { button, channel });
    }

    pub(crate) fn send_with(&self, text: &str, attached: Attached) {
        let mut world = self.shared.world();
        world.met.insert((self.bot, self.id));
        let message = Message {
            id: 0,
            from_bot: false,
            text: text.to_owned(),
            entities: Vec::new(),
            markup: None,
            date: tl_build::unix_now(),
            earlier: Vec::new(),
            attached,
        };
        let attached_channel = message.attached.channel();
        if let Ok((_, update)) = world.append(self.bot, self.id, message) {
            let users = world.people_seen(self.bot, self.id).into_iter().chain(world.managed_by(self.bot)).collect();
            let chats = world.chats_seen(self.bot, attached_channel);
            world.push_updates(self.bot, &tl_build::updates_about(vec![update], users, chats));
        }
        drop(world);
        self.shared.touch();
    }

    /// Blocks or unblocks the bot.
    pub fn block(&self, blocked: bool) {
        if let Some(bot) = self.shared.world().bots.get_mut(&self.bot) {
            bot.chats.entry(self.id).or_default().blocked = blocked;
        }
    }

    /// Sends the data of a button without waiting; returns the press's id.
    pub fn press_data(&self, message_id: i32, data: &[u8]) -> i64 {
        let mut world = self.shared.world();
        world.last_query_id += 1;
        let query_id = world.last_query_id;
        let press = Press { bot: self.bot, person: self.id, at: Instant::now(), answer: None };
        world.presses.insert(query_id, press);
        world.tell_press(self, message_id, data);
        let update = tl::types::UpdateBotCallbackQuery {
            query_id,
            user_id: self.id,
            peer: tl::types::PeerUser { user_id: self.id }.into(),
            msg_id: message_id,
            chat_instance: self.id,
            data: Some(data.to_vec()),
            game_short_name: None,
        };
        let users = world.people_seen(self.bot, self.id);
        world.push_updates(self.bot, &tl_build::updates(vec![update.into()], users));
        query_id
    }

    /// Presses the first button, newest message first, whose label contains `part`, and waits for
    /// the answer. Returns the answer and how long it took.
    pub async fn press(&self, part: &str) -> Result<(Answer, Duration), NotSeen> {
        let has_button = |m: &Message| m.button(part).is_some();
        let message = self.wait_for(has_button).await?;
        let Some(Button { action: Action::Callback(data), .. }) = message.button(part) else {
            return Err(NotSeen(self.transcript()));
        };
        let query = self.press_data(message.id, &data);
        self.answer(query).await
    }

    /// Everything that happened in the chat, in order.
    pub fn story(&self) -> Vec<Happening> {
        let world = self.shared.world();
        let chat = world.bots.get(&self.bot).and_then(|b| b.chats.get(&self.id));
        chat.map(|c| c.story.clone()).unwrap_or_default()
    }

    /// Waits for the answer to a press.
    pub async fn answer(&self, query: i64) -> Result<(Answer, Duration), NotSeen> {
        self.wait(|| {
            let world = self.shared.world();
            let press = world.presses.get(&query)?;
            press.answer.as_ref().map(|(at, answer)| (answer.clone(), *at - press.at))
        })
        .await
    }

    /// The chat's messages, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        let world = self.shared.world();
        let chat = world.bots.get(&self.bot).and_then(|b| b.chats.get(&self.id));
        chat.map(|c| c.messages.clone()).unwrap_or_default()
    }

    /// Waits until the chat has a message from the bot that matches, and returns the newest such.
    pub async fn wait_for(&self, matches: impl Fn(&Message) -> bool) -> Result<Message, NotSeen> {
        self.wait(|| self.messages().into_iter().rev().find(|m| m.from_bot && matches(m))).await
    }

    /// Waits for a message of the bot that contains `part`.
    pub async fn sees(&self, part: &str) -> Result<Message, NotSeen> {
        self.wait_for(|m| m.text.contains(part)).await
    }

    async fn wait<T>(&self, look: impl Fn() -> Option<T>) -> Result<T, NotSeen> {
        let mut changes = self.shared.changes();
        let watching = async {
            loop {
                if let Some(found) = look() {
                    return found;
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(PATIENCE, watching).await.map_err(|_| NotSeen(self.transcript()))
    }

    /// The chat as text, for people: who said what, and the buttons.
    pub fn transcript(&self) -> String {
        let mut out = String::new();
        for message in self.messages() {
            let who = if message.from_bot { "bot " } else { "user" };
            if let Some(file) = message.file() {
                out.push_str(&format!("{who} file {} ({} bytes)\n", file.name, file.contents.len()));
            }
            out.push_str(&format!("{who} #{}: {}\n", message.id, message.text.replace('\n', "\n           ")));
            for row in message.rows() {
                let labels: Vec<_> = row.iter().map(|b| format!("[ {} ]", b.label)).collect();
                out.push_str(&format!("           {}\n", labels.join(" ")));
            }
        }
        out
    }
}

impl World {
    fn tell_press(&mut self, visitor: &Visitor, message_id: i32, data: &[u8]) {
        let chat = self.bots.get(&visitor.bot).and_then(|b| b.chats.get(&visitor.id));
        let pressed = chat.and_then(|c| c.messages.iter().rev().find(|m| m.id == message_id));
        let buttons = pressed.map(Message::rows).unwrap_or_default().into_iter().flatten();
        let is_it = |b: &Button| matches!(&b.action, Action::Callback(d) if d == data);
        let label = { buttons }.find(is_it).map_or_else(|| "?".to_owned(), |b| b.label);
        self.tell(visitor.bot, visitor.id, Happening::Pressed(label));
    }
}
