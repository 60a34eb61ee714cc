//! The kinds of sources of messages, by their names in files, and what proves that a request is theirs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A kind of source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adapter {
    /// The farm's own format, or JSON with fields that are named; with a bearer token.
    #[default]
    Generic,
    /// The same, signed with HMAC-SHA256 over the body.
    GenericHmac,
    /// Twilio.
    Twilio,
    /// SignalWire.
    SignalWire,
    /// Telnyx.
    Telnyx,
    /// Plivo.
    Plivo,
    /// Vonage.
    Vonage,
    /// The app "SMS Gateway for Android".
    AndroidGateway,
    /// The app httpSMS.
    HttpSms,
    /// The app textbee.
    Textbee,
    /// The gateway SMSEagle.
    SmsEagle,
    /// The app `SmsForwarder`.
    SmsForwarder,
    /// The app "Incoming SMS to URL forwarder".
    IncomingSms,
    /// Software of SIM banks that posts to SMSHUB.
    SmsHub,
    /// The inbox of gammu-smsd, with a modem of this machine.
    Gammu,
}

/// What proves that a request is a source's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A signature or token: `webhook_token`.
    Token,
    /// A token that covers no body, so the address has to be secret too: `webhook_token` and `url_key`.
    TokenAndUrl,
    /// A secret address; a token too, if the source has one.
    Url,
    /// One of the two.
    TokenOrUrl,
    /// Nothing: it never posts.
    Never,
}

impl Adapter {
    /// All of them, with their names in files.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Generic, "generic"),
        (Self::GenericHmac, "generic-hmac"),
        (Self::Twilio, "twilio"),
        (Self::SignalWire, "signalwire"),
        (Self::Telnyx, "telnyx"),
        (Self::Plivo, "plivo"),
        (Self::Vonage, "vonage"),
        (Self::AndroidGateway, "android-sms-gateway"),
        (Self::HttpSms, "httpsms"),
        (Self::Textbee, "textbee"),
        (Self::SmsEagle, "smseagle"),
        (Self::SmsForwarder, "smsforwarder"),
        (Self::IncomingSms, "incoming-sms"),
        (Self::SmsHub, "smshub"),
        (Self::Gammu, "gammu-smsd"),
    ];

    /// The adapter of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, n)| *n == name).map(|(adapter, _)| adapter)
    }

    /// Its name in files.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(adapter, _)| *adapter == self).map_or("", |(_, name)| name)
    }

    /// What proves that a request is its own.
    pub fn proof(self) -> Proof {
        match self {
            Self::HttpSms => Proof::TokenAndUrl,
            Self::SmsForwarder => Proof::Url,
            Self::SmsEagle | Self::IncomingSms => Proof::TokenOrUrl,
            Self::Gammu => Proof::Never,
            _ => Proof::Token,
        }
    }

    /// The kind of what is read at an address of the web: some services are known by their own.
    pub fn at_host(host: &str) -> Self {
        match host {
            "api.twilio.com" => Self::Twilio,
            space if space.ends_with(".signalwire.com") => Self::SignalWire,
            _ => Self::Generic,
        }
    }

    /// Whether its requests may prove themselves without a token.
    pub fn may_lack_token(self) -> bool {
        matches!(self.proof(), Proof::Url | Proof::TokenOrUrl)
    }

    /// Whether a secret part of its address is made for it from the start.
    pub fn wants_url_key(self) -> bool {
        matches!(self.proof(), Proof::TokenAndUrl | Proof::Url | Proof::TokenOrUrl)
    }

    /// Whether it can be read, instead of posting.
    pub fn is_polled(self) -> bool {
        matches!(self, Self::Generic | Self::Twilio | Self::SignalWire | Self::Gammu)
    }

    /// Whether it posts.
    pub fn posts(self) -> bool {
        self.proof() != Proof::Never
    }

    /// Why a secret cannot be this source's; signatures would fail for ever.
    pub fn refuses(self, secret: &str) -> Option<&'static str> {
        let is_key = |text: &str| STANDARD.decode(text.trim()).is_ok_and(|key| key.len() == 32);
        let is_bad = self == Self::Telnyx && !is_key(secret);
        is_bad.then_some("expected Telnyx's public key: 32 bytes in base64")
    }

    /// Which secret is missing for its requests to be believed.
    pub fn misses(self, has_token: bool, has_url_key: bool) -> Option<&'static str> {
        const TOKEN: &str = "webhook_token";
        const URL: &str = "url_key";
        match self.proof() {
            Proof::Token | Proof::TokenAndUrl if !has_token => Some(TOKEN),
            Proof::TokenAndUrl | Proof::Url if !has_url_key => Some(URL),
            Proof::TokenOrUrl if !has_token && !has_url_key => Some(URL),
            _ => None,
        }
    }
}

/// Whether a text may be the secret part of an address: nobody guesses it, and it needs no escapes.
pub fn is_url_key(text: &str) -> bool {
    const SHORTEST: usize = 20;
    const LONGEST: usize = 100;
    (SHORTEST..=LONGEST).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M5
    #[test]
    fn a_public_key_has_the_form_of_one() {
        assert_eq!(Adapter::named("telnyx"), Some(Adapter::Telnyx));
        assert_eq!(Adapter::named("telnix"), None);
        assert_eq!(Adapter::Telnyx.refuses(&STANDARD.encode([7; 32])), None);
        assert!(Adapter::Telnyx.refuses("KEY0123").is_some());
        assert_eq!(Adapter::Twilio.refuses("KEY0123"), None);
    }

    // SPEC: M6
    #[test]
    fn a_source_is_believed_with_its_secrets_only() {
        assert_eq!(Adapter::Twilio.misses(false, true), Some("webhook_token"));
        assert_eq!(Adapter::HttpSms.misses(true, false), Some("url_key"));
        assert_eq!(Adapter::HttpSms.misses(true, true), None);
        assert_eq!(Adapter::SmsForwarder.misses(true, false), Some("url_key"));
        assert_eq!(Adapter::IncomingSms.misses(true, false), None);
        assert_eq!(Adapter::IncomingSms.misses(false, false), Some("url_key"));
        for (adapter, name) in Adapter::ALL {
            assert_eq!((Adapter::named(name), adapter.name()), (Some(adapter), name));
            assert!(!adapter.posts() || adapter.misses(false, false).is_some(), "{name} believes everybody");
        }
    }

    #[test]
    fn a_secret_address_is_long_and_plain() {
        assert!(is_url_key("0123456789abcdefABCD"));
        assert!(!is_url_key("0123456789abcdef"));
        assert!(!is_url_key("0123456789abcdef/bcd"));
    }
}
