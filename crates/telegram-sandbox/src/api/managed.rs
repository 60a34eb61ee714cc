//! `bots.exportBotToken`, and what a manager sees of its bots: <https://core.telegram.org/api/bots/managed-bots>.

use super::{Answered, Caller, Refusal};
use crate::model::World;
use crate::tl_build;
use grammers_tl_types as tl;

pub fn export_token(
    world: &mut World,
    caller: Caller,
    request: tl::functions::bots::ExportBotToken,
) -> Answered<tl::enums::bots::ExportedBotToken> {
    let manager = world.signed_in(caller)?;
    let invalid = || Refusal::new(400, "BOT_INVALID");
    let tl::enums::InputUser::User(user) = &request.bot else { return Err(invalid()) };
    if !world.manages(manager, user) {
        return Err(invalid());
    }
    if request.revoke {
        world.renew_token(user.user_id);
    }
    let token = world.bots.get(&user.user_id).and_then(|bot| bot.token.clone()).ok_or_else(invalid)?;
    Ok(tl::types::bots::ExportedBotToken { token }.into())
}

impl World {
    /// Whether a bot was created with another, and is named with the right hash.
    pub(super) fn manages(&self, manager: i64, user: &tl::types::InputUser) -> bool {
        let is_known = [0, tl_build::access_hash(manager, user.user_id)].contains(&user.access_hash);
        is_known && self.bots.get(&user.user_id).is_some_and(|bot| bot.manager == Some(manager))
    }

    /// The bots that a bot manages, as it sees them.
    pub(crate) fn managed_by(&self, manager: i64) -> Vec<tl::enums::User> {
        let managed = self.bots.values().filter(|bot| bot.manager == Some(manager));
        managed.map(|bot| tl_build::managed(manager, bot)).collect()
    }
}
