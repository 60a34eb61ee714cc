//! What the flows of this bot ask and tell outside the database.

use super::BotShared;
use crate::domain::channel::{ChannelRef, Membership};
use crate::domain::sealed::Sealed;
use crate::domain::trial::Tested;
use crate::service::channels::Channel;
use crate::trial::Trial;
use crate::ui::outside::{AddedBot, Age, Asked, Circuit, FoundChannel, NewBot, NoBot, NoChannel, Outside, OwnBot};
use secrecy::{ExposeSecret, SecretString};

impl Outside for BotShared {
    fn membership<'a>(&'a self, channel: &'a Channel, user: i64, age: Age) -> Asked<'a, Membership> {
        Box::pin(self.ask(channel, user, age))
    }

    fn seal(&self, field: Sealed, secret: &SecretString) -> Option<String> {
        let sealed = self.app.key.seal_text(&field.place(self.tenant.slug().as_str()), secret);
        sealed.inspect_err(|error| tracing::error!(%error, "a secret could not be sealed")).ok()
    }

    fn hook_address(&self, provider: &str, url_key: Option<&str>) -> String {
        let slug = self.tenant.slug();
        let place = Sealed::UrlKey.place(slug.as_str());
        let key = url_key.and_then(|sealed| self.app.key.open_text(&place, sealed).ok());
        let key = key.map_or_else(String::new, |key| format!("/{}", key.expose_secret()));
        format!("{}/hooks/{slug}/{provider}{key}", self.app.host.public_url)
    }

    fn new_url_key(&self) -> Option<String> {
        let key: [u8; 16] = rand::random();
        self.seal(Sealed::UrlKey, &SecretString::from(hex::encode(key)))
    }

    fn circuit(&self, provider: i64) -> Option<Circuit> {
        self.circuits.of(provider)
    }

    fn may_be_private(&self) -> bool {
        self.app.fetcher.may_be_private()
    }

    fn test_provider(&self, id: i64) -> Asked<'_, Result<Tested, String>> {
        Box::pin(async move {
            let sources = self.sources.borrow().clone();
            let source = sources.iter().find(|s| s.id == id).ok_or("this provider is not in use")?;
            let gate = self.door.gate.load_full();
            let gate = gate.as_ref().and_then(|gate| gate.providers.get(&source.config.name));
            let trial = Trial { tenant: &self.tenant, source, gate: gate.ok_or("this provider is not in use yet")? };
            trial.run(&self.app.fetcher, self.app.clock.now()).await
        })
    }

    fn own_bots(&self, owner: i64) -> Asked<'_, Vec<OwnBot>> {
        Box::pin(self.own_bots(owner))
    }

    fn add_bot<'a>(&'a self, owner: i64, new: &'a NewBot) -> Asked<'a, Result<AddedBot, NoBot>> {
        Box::pin(self.add_bot(owner, new))
    }

    fn may_create_bots(&self) -> Asked<'_, Option<bool>> {
        Box::pin(async move {
            let asked = self.telegram.may_manage_bots().await;
            asked.inspect_err(|error| tracing::warn!(%error, "Telegram could not be asked")).ok()
        })
    }

    fn add_created_bot<'a>(&'a self, owner: i64, id: i64, password: &'a str) -> Asked<'a, Result<AddedBot, NoBot>> {
        Box::pin(self.add_created_bot(owner, id, password))
    }

    fn renew_token(&self, owner: i64, id: i64) -> Asked<'_, Result<Option<AddedBot>, NoBot>> {
        Box::pin(self.renew_token(owner, id))
    }

    fn remove_bot<'a>(&'a self, owner: i64, slug: &'a str) -> Asked<'a, Result<(), NoBot>> {
        Box::pin(self.remove_bot(owner, slug))
    }

    fn find_channel<'a>(&'a self, channel: &'a ChannelRef) -> Asked<'a, Result<FoundChannel, NoChannel>> {
        Box::pin(self.find(channel))
    }
}
