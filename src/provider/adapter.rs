//! How each kind of source signs its requests, and how each is read.

use super::hook::{Hook, Refused};
use super::{BadBody, Item, android_gateway, bearer, generic, plivo, telnyx, twilio, vonage};
use crate::domain::adapter::Adapter;
use secrecy::SecretString;

/// Whether a request comes from who has the secret, body and all. Nothing of it is read before.
pub fn verify(adapter: Adapter, hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    match adapter {
        Adapter::Generic => bearer::verify(hook, secret),
        Adapter::GenericHmac => generic::verify(hook, secret),
        Adapter::Twilio | Adapter::SignalWire => twilio::verify(hook, secret),
        Adapter::Telnyx => telnyx::verify(hook, secret),
        Adapter::Plivo => plivo::verify(hook, secret),
        Adapter::Vonage => vonage::verify(hook, secret),
        Adapter::AndroidGateway => android_gateway::verify(hook, secret),
    }
}

/// The messages of a request.
pub fn read(adapter: Adapter, hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    match adapter {
        Adapter::Generic | Adapter::GenericHmac => generic::parse(hook.body),
        Adapter::Twilio | Adapter::SignalWire => twilio::read(hook),
        Adapter::Telnyx => telnyx::read(hook),
        Adapter::Plivo => plivo::read(hook),
        Adapter::Vonage => vonage::read(hook),
        Adapter::AndroidGateway => android_gateway::read(hook),
    }
}
