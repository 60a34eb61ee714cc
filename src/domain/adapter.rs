//! The kinds of sources that post messages, by their names in files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A kind of source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adapter {
    /// The farm's own format, with a bearer token.
    #[default]
    Generic,
    /// The farm's own format, signed with HMAC-SHA256 over the body.
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
}

impl Adapter {
    /// All of them, with their names in files.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Generic, "generic"),
        (Self::GenericHmac, "generic-hmac"),
        (Self::Twilio, "twilio"),
        (Self::SignalWire, "signalwire"),
        (Self::Telnyx, "telnyx"),
        (Self::Plivo, "plivo"),
        (Self::Vonage, "vonage"),
        (Self::AndroidGateway, "android-sms-gateway"),
    ];

    /// The adapter of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, n)| *n == name).map(|(adapter, _)| adapter)
    }

    /// Why a secret cannot be this source's; signatures would fail for ever.
    pub fn refuses(self, secret: &str) -> Option<&'static str> {
        let is_key = |text: &str| STANDARD.decode(text.trim()).is_ok_and(|key| key.len() == 32);
        let is_bad = self == Self::Telnyx && !is_key(secret);
        is_bad.then_some("expected Telnyx's public key: 32 bytes in base64")
    }
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
}
