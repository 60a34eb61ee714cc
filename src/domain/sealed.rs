//! The secrets that the panel takes: each is sealed to a place of its own, and opens nowhere else.

/// A secret that is sealed before it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// With which a provider is read.
    ProviderKey,
    /// With which a provider posts.
    ProviderToken,
    /// The secret part of the address to which a provider posts.
    UrlKey,
    /// The token of a bot that is being added.
    NewToken,
    /// The panel's password of a bot that is being added.
    NewPassword,
}

impl Sealed {
    /// Every one of them.
    pub const ALL: [Self; 5] =
        [Self::ProviderKey, Self::ProviderToken, Self::UrlKey, Self::NewToken, Self::NewPassword];

    /// The place that the sealed value is bound to.
    pub fn place(self, slug: &str) -> String {
        let field = match self {
            Self::ProviderKey => "panel_provider_key",
            Self::ProviderToken => "panel_provider_token",
            Self::UrlKey => "panel_provider_url_key",
            Self::NewToken => "new_bot_token",
            Self::NewPassword => "new_bot_password",
        };
        format!("{slug}/{field}")
    }
}
