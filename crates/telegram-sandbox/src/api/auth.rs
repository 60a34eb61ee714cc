//! Signing in and out.

use super::{Answered, Caller, Refusal};
use crate::model::World;
use crate::tl_build;
use grammers_tl_types as tl;

pub fn config(world: &mut World, caller: Caller, _: tl::functions::help::GetConfig) -> Answered<tl::enums::Config> {
    let bot = world.keys.get(&caller.key).and_then(|k| k.bot);
    let tl::enums::Config::Config(mut config) = tl_build::config(caller.address);
    if bot.is_some_and(|bot| world.garbled.contains(&bot)) {
        for tl::enums::DcOption::Option(option) in &mut config.dc_options {
            option.ip_address = "not an address".to_owned();
        }
    }
    Ok(config.into())
}

pub fn sign_in(
    world: &mut World,
    caller: Caller,
    request: tl::functions::auth::ImportBotAuthorization,
) -> Answered<tl::enums::auth::Authorization> {
    let bot = world
        .bots
        .values_mut()
        .find(|b| b.token.as_deref() == Some(request.bot_auth_token.as_str()))
        .ok_or_else(|| Refusal::new(400, "ACCESS_TOKEN_INVALID"))?;
    bot.sign_ins += 1;
    let (id, user) = (bot.id, tl_build::myself(bot));
    world.sign_in(caller, Some(id));
    Ok(tl::types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user,
    }
    .into())
}

pub fn sign_out(
    world: &mut World,
    caller: Caller,
    _: tl::functions::auth::LogOut,
) -> Answered<tl::enums::auth::LoggedOut> {
    world.sign_in(caller, None);
    Ok(tl::types::auth::LoggedOut { future_auth_token: None }.into())
}

impl World {
    fn sign_in(&mut self, caller: Caller, bot: Option<i64>) {
        if let Some(state) = self.keys.get_mut(&caller.key) {
            state.bot = bot;
        }
        for open in self.connections.iter_mut().filter(|c| c.key == caller.key) {
            open.bot = bot;
        }
        self.count_connections(bot);
    }
}
