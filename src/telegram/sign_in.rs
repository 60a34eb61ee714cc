//! One sign-in for a bot's key, whatever happens in between.

use super::client::{Options, Telegram};
use super::error::TelegramError;
use super::store::UpdatePosition;
use crate::domain::token::bot_id;
use grammers_client::tl;
use secrecy::ExposeSecret;

/// So many updates a server that has just taken over for another may lag behind it.
const LAG: i32 = 1000;

impl Telegram {
    /// Signs in if this key is not; a sign-in costs dearly in flood waits, so never twice.
    pub(super) async fn ensure_signed_in(&self, options: &Options) -> Result<(), TelegramError> {
        let account = bot_id(options.token.expose_secret()).unwrap_or_default();
        if self.is_signed_in_as(account).await? {
            self.ensure_position().await?;
            // A sign-in may have been cut off before it was noted.
            return match self.session.is_signed_in() {
                true => Ok(()),
                false => self.note_signed_in(account).await,
            };
        }
        self.check_lease()?;
        let position = self.session.position_of(account);
        let signing_in = self.client.bot_sign_in(options.token.expose_secret(), options.api_hash.expose_secret());
        let me = signing_in.await.map_err(TelegramError::from)?;
        if let Some(position) = position {
            self.session.resume(position);
        }
        self.ensure_position().await?;
        self.note_signed_in(me.id().bare_id().unwrap_or_default()).await
    }

    /// Telegram knows this key as the account's. Asked of Telegram: what was noted here may lack a sign-in
    /// that was cut off, and have one that was ended.
    async fn is_signed_in_as(&self, account: i64) -> Result<bool, TelegramError> {
        let myself = tl::functions::users::GetUsers { id: vec![tl::enums::InputUser::UserSelf] };
        self.check_lease()?;
        // The first request also connects, which may take longer than a request.
        match self.client.invoke(&myself).await.map_err(TelegramError::from) {
            Ok(found) => Ok(found.iter().any(|user| user.id() == account)),
            Err(TelegramError::Unauthorized(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn note_signed_in(&self, account: i64) -> Result<(), TelegramError> {
        let saved = self.session.signed_in(account).await;
        saved.map_err(|e| TelegramError::Unavailable(e.to_string()))
    }

    /// Without a position the library never reopens a closed connection; with one that Telegram is far from
    /// having reached, which is not this account's, it would hear nothing. Either is replaced by the present one.
    async fn ensure_position(&self) -> Result<(), TelegramError> {
        let now = self.invoke(&tl::functions::updates::GetState {}).await?;
        let tl::enums::updates::State::State(tl::types::updates::State { pts, qts, date, seq, .. }) = now;
        if !(1..=pts.saturating_add(LAG)).contains(&self.session.position().pts) {
            self.session.resume(UpdatePosition { pts, qts, date, seq });
        }
        Ok(())
    }
}
