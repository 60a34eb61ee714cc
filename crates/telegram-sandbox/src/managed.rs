//! Bots that people create with another bot, without BotFather, and that this one manages:
//! <https://core.telegram.org/api/bots/managed-bots>. Written from its description alone, and not yet
//! compared with what Telegram does.

use crate::model::{Attached, World};
use crate::server::Sandbox;
use crate::tl_build;
use crate::visitor::Visitor;
use grammers_tl_types as tl;

impl Sandbox {
    /// Lets a bot manage others, or not: "Bot Management Mode" at BotFather.
    pub fn let_manage(&self, bot: i64, manages: bool) {
        if let Some(bot) = self.shared.world().bots.get_mut(&bot) {
            bot.manages_bots = manages;
        }
    }

    /// The token of a bot.
    pub fn token(&self, bot: i64) -> Option<String> {
        self.shared.world().bots.get(&bot)?.token.clone()
    }
}

impl Visitor {
    /// Creates a bot on the keyboard of a bot that manages others. `None` when its last keyboard has no
    /// such button, or it may not manage any.
    pub fn create_bot(&self, id: i64, username: &str) -> Option<i64> {
        let manages = self.shared.world().bots.get(&self.bot).is_some_and(|bot| bot.manages_bots);
        if !manages || !self.messages().iter().any(|message| message.markup.as_ref().is_some_and(creates)) {
            return None;
        }
        let created = self.make_bot(id, username);
        self.send_with("", Attached::Created { bot: created });
        self.shared.world().tell_manager(created, self.id);
        self.shared.touch();
        Some(created)
    }

    /// Creates a bot that the bot manages by a link, which needs no keyboard: no message tells of it.
    pub fn create_bot_by_link(&self, id: i64, username: &str) {
        let created = self.make_bot(id, username);
        self.shared.world().tell_manager(created, self.id);
        self.shared.touch();
    }

    fn make_bot(&self, id: i64, username: &str) -> i64 {
        let mut world = self.shared.world();
        let created = world.add_bot(&new_token(id), username);
        if let Some(bot) = world.bots.get_mut(&created) {
            bot.manager = Some(self.bot);
        }
        created
    }

    /// Changes something else of a bot that was created, its picture perhaps: its manager is told all the same.
    pub fn touch_bot(&self, bot: i64) {
        self.shared.world().tell_manager(bot, self.id);
        self.shared.touch();
    }

    /// Gives a bot that was created another token, at BotFather: the old one is dead, its manager is told.
    pub fn renew_token(&self, bot: i64) {
        let mut world = self.shared.world();
        world.renew_token(bot);
        world.tell_manager(bot, self.id);
        drop(world);
        self.shared.touch();
    }
}

fn creates(markup: &tl::enums::ReplyMarkup) -> bool {
    let tl::enums::ReplyMarkup::ReplyKeyboardMarkup(keyboard) = markup else { return false };
    let rows = keyboard.rows.iter().map(|tl::enums::KeyboardButtonRow::Row(row)| row);
    let asks = |kind: &tl::enums::ButtonType| match kind {
        tl::enums::ButtonType::RequestPeer(asked) => {
            matches!(&asked.peer_type, tl::enums::RequestPeerType::CreateBot(wanted) if wanted.bot_managed)
        }
        _ => false,
    };
    rows.flat_map(|row| &row.buttons).any(|tl::enums::KeyboardButton::Button(button)| asks(&button.r#type))
}

/// A token that nobody has seen before.
fn new_token(bot: i64) -> String {
    let secret: [u8; 16] = rand::random();
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{bot}:{hex}")
}

impl World {
    /// Tells a bot's manager, if it has one, that its owner created or changed it.
    fn tell_manager(&mut self, bot: i64, owner: i64) {
        let Some(manager) = self.bots.get(&bot).and_then(|bot| bot.manager) else { return };
        let Some(account) = self.bots.get_mut(&manager) else { return };
        account.qts += 1;
        let update = tl::types::UpdateManagedBot { user_id: owner, bot_id: bot, qts: account.qts };
        account.managed.push((account.qts, update.clone().into()));
        let users = self.people_seen(manager, owner).into_iter().chain(self.managed_by(manager)).collect();
        self.push_updates(manager, &tl_build::updates(vec![update.into()], users));
    }

    /// Gives a bot another token: the old one is dead, its keys are signed out.
    pub(crate) fn renew_token(&mut self, bot: i64) {
        self.revoke(bot);
        if let Some(bot) = self.bots.get_mut(&bot) {
            bot.token = Some(new_token(bot.id));
        }
    }
}
