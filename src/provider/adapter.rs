//! How each kind of source signs its requests, how each is read, and what it wants to hear.

use super::hook::{Hook, Refused, bytes, is_json};
use super::{
    BadBody, Item, android_gateway, bearer, generic, httpsms, incoming_sms, plivo, smseagle, smsforwarder, smshub,
    telnyx, textbee, twilio, vonage,
};
use crate::domain::adapter::Adapter;
use crate::domain::source::SourceOptions;
use secrecy::SecretString;
use subtle::ConstantTimeEq;

/// How a source posts.
#[derive(Clone, Debug, Default)]
pub struct Posting {
    /// What kind of source it is.
    pub adapter: Adapter,
    /// Its token, or the key of its signatures.
    pub token: Option<SecretString>,
    /// The secret part of its address.
    pub url_key: Option<SecretString>,
    /// What else is known of it.
    pub options: SourceOptions,
}

/// Whether a request came to the source's own address.
pub fn enters(source: &Posting, given: Option<&str>) -> Result<(), Refused> {
    match (&source.url_key, given) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Refused::Unsigned),
        (Some(key), Some(given)) if bytes(key).ct_eq(given.as_bytes()).into() => Ok(()),
        _ => Err(Refused::Forged),
    }
}

/// Whether a request comes from who has the secrets. Nothing of it is read before, but what the proof
/// stands in.
pub fn verify(source: &Posting, hook: &Hook<'_>) -> Result<(), Refused> {
    let (adapter, options) = (source.adapter, &source.options);
    enters(source, hook.key)?;
    if adapter.misses(source.token.is_some(), source.url_key.is_some()).is_some() || !adapter.posts() {
        return Err(Refused::Unsigned);
    }
    let Some(secret) = &source.token else { return Ok(()) };
    match adapter {
        Adapter::Generic => bearer::verify(hook, secret),
        Adapter::GenericHmac => generic::verify(hook, secret, options.signature_header()),
        Adapter::Twilio | Adapter::SignalWire => twilio::verify(hook, secret),
        Adapter::Telnyx => telnyx::verify(hook, secret),
        Adapter::Plivo => plivo::verify(hook, secret),
        Adapter::Vonage => vonage::verify(hook, secret),
        Adapter::AndroidGateway => android_gateway::verify(hook, secret),
        Adapter::HttpSms => httpsms::verify(hook, secret),
        // Both write the bare HMAC of the body where the generic kind has it.
        Adapter::Textbee | Adapter::IncomingSms => generic::verify(hook, secret, options.signature_header()),
        Adapter::SmsEagle => smseagle::verify(hook, secret),
        Adapter::SmsForwarder => smsforwarder::verify(hook, secret),
        Adapter::SmsHub => smshub::verify(hook, secret),
        Adapter::Gammu => Err(Refused::Unsigned),
    }
}

/// The messages of a request.
pub fn read(source: &Posting, hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    match source.adapter {
        Adapter::Generic | Adapter::GenericHmac => Ok(generic::parse(hook.body, &source.options)?.items),
        Adapter::Twilio | Adapter::SignalWire => twilio::read(hook),
        Adapter::Telnyx => telnyx::read(hook),
        Adapter::Plivo => plivo::read(hook),
        Adapter::Vonage => vonage::read(hook),
        Adapter::AndroidGateway => android_gateway::read(hook),
        Adapter::HttpSms => httpsms::read(hook),
        Adapter::Textbee => textbee::read(hook),
        Adapter::SmsEagle => smseagle::read(hook),
        Adapter::SmsForwarder => smsforwarder::read(hook),
        Adapter::IncomingSms => incoming_sms::read(hook),
        Adapter::SmsHub => smshub::read(hook),
        Adapter::Gammu => Err(BadBody::NoMessages),
    }
}

/// Whether a kind of source posts bodies of this type: forms, JSON, or nothing at all.
pub fn takes(source: &Posting, content_type: Option<&str>) -> bool {
    let Some(given) = content_type else { return true };
    let is_json = is_json(given);
    let is_form = given.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
    match source.adapter {
        Adapter::Plivo => is_form,
        Adapter::Twilio | Adapter::SignalWire | Adapter::Vonage | Adapter::SmsEagle | Adapter::SmsForwarder => {
            is_form || is_json
        }
        _ => is_json,
    }
}

/// What a source wants to hear when its messages were taken: type and body.
pub fn thanks(source: &Posting, new: usize, completed: usize) -> (&'static str, String) {
    match source.adapter {
        // An answer that is not TwiML is an error in the account's log.
        Adapter::Twilio | Adapter::SignalWire => ("text/xml", "<Response/>".to_owned()),
        Adapter::SmsHub => ("application/json", smshub::thanks()),
        _ => ("application/json", format!("{{\"new\":{new},\"completed\":{completed}}}\n")),
    }
}

/// The same, when they were not.
pub fn regrets(source: &Posting, why: &str) -> (&'static str, String) {
    match source.adapter {
        Adapter::SmsHub => ("application/json", smshub::regrets(why)),
        _ => ("text/plain; charset=utf-8", format!("{why}\n")),
    }
}
