//! One sign-in for a bot's key, whatever happens in between.

use super::client::{Options, Telegram};
use super::error::TelegramError;
use super::store::UpdatePosition;
use crate::domain::token::bot_id;
use grammers_client::tl;
use secrecy::ExposeSecret;

impl Telegram {
    /// Signs in if this key is not; a sign-in costs dearly in flood waits, so never twice. One may have been cut
    /// off before it was noted.
    pub(super) async fn ensure_signed_in(&self, options: &Options) -> Result<(), TelegramError> {
        let account = bot_id(options.token.expose_secret()).unwrap_or_default();
        if !self.is_signed_in_as(account).await? {
            self.check_lease()?;
            let signing_in = self.client.bot_sign_in(options.token.expose_secret(), options.api_hash.expose_secret());
            signing_in.await.map_err(TelegramError::from)?;
        }
        // Without a position the library never reopens a closed connection.
        let now = self.invoke(&tl::functions::updates::GetState {}).await?;
        let tl::enums::updates::State::State(tl::types::updates::State { pts, qts, date, seq, .. }) = now;
        self.session.go_on(UpdatePosition { pts, qts, date, seq });
        if self.session.is_signed_in() {
            return Ok(());
        }
        let noted = self.session.signed_in(account).await;
        noted.map_err(|e| TelegramError::Unavailable(e.to_string()))
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
}
