//! What each form asks, and how an answer is checked.

use super::super::Area;
use crate::domain::sealed::Sealed;
use serde::{Deserialize, Serialize};

/// Which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A service.
    Service,
    /// A country of a service.
    Country,
    /// Adding to a user's balance.
    Credit,
    /// Taking from a user's balance.
    Debit,
    /// Whom to make an assistant.
    Appoint,
    /// A number of a country.
    Number,
    /// Which number to look for.
    FindNumber,
    /// A provider that is read.
    PolledProvider,
    /// A provider that posts.
    PostingProvider,
    /// How codes look in a provider's messages for a service.
    LinkPattern,
    /// Which number each line of a provider has.
    SourceLines,
    /// Where a provider's JSON holds what.
    SourceFields,
    /// By which words messages name a service.
    ServiceWords,
    /// A message to be tried.
    TryMessage,
    /// What is written to one user.
    Letter,
    /// A bot for the farm.
    AddBot,
    /// A bot for the farm that was created with this one.
    CreateBot,
}

impl Kind {
    /// It saves nothing: a question alone, or one value of something that exists.
    pub fn only_asks(self) -> bool {
        matches!(
            self,
            Self::FindNumber
                | Self::TryMessage
                | Self::LinkPattern
                | Self::SourceLines
                | Self::SourceFields
                | Self::ServiceWords
        )
    }

    /// The area that it belongs to: who may not use that may not fill it in.
    pub fn area(self) -> Area {
        match self {
            Self::Service | Self::ServiceWords => Area::Services,
            Self::Country => Area::Countries,
            Self::Credit | Self::Debit | Self::Letter => Area::Users,
            Self::Appoint => Area::Admins,
            Self::AddBot | Self::CreateBot => Area::Bots,
            Self::Number | Self::FindNumber => Area::Numbers,
            Self::PolledProvider
            | Self::PostingProvider
            | Self::LinkPattern
            | Self::TryMessage
            | Self::SourceLines
            | Self::SourceFields => Area::Providers,
        }
    }
}

/// How an answer is checked and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A text of at most so many characters.
    Text(usize),
    /// An amount of money.
    Amount,
    /// An amount above 0.
    Positive,
    /// A calling code: one to four digits.
    DialCode,
    /// A regular expression for codes.
    Pattern,
    /// A text of several lines, of at most so many characters.
    Lines(usize),
    /// Letters, digits, - and _: a part of an address.
    Word,
    /// A whole number between these.
    Whole(u32, u32),
    /// An address on the web.
    Address,
    /// An @name of Telegram.
    Username,
    /// A kind of source that posts: offered as buttons.
    Adapter,
    /// A row for each line and its number.
    LineRows,
    /// A row for each field and its path.
    FieldRows,
    /// Words with commas between them.
    Words,
    /// A secret: sealed before it is stored, and its message is deleted.
    Secret(Sealed),
}

/// One question of a form. Its texts are `ask-{key}` and `field-{key}`.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Names its texts.
    pub key: &'static str,
    /// How an answer is checked.
    pub check: Check,
    /// It may be left out.
    pub optional: bool,
}

const fn needed(key: &'static str, check: Check) -> Field {
    Field { key, check, optional: false }
}

const fn optional(key: &'static str, check: Check) -> Field {
    Field { key, check, optional: true }
}

const SERVICE: [Field; 6] = [
    needed("service-name", Check::Text(40)),
    optional("emoji", Check::Text(8)),
    needed("price", Check::Amount),
    optional("description", Check::Text(200)),
    optional("aliases", Check::Text(200)),
    optional("pattern", Check::Pattern),
];

const COUNTRY: [Field; 4] = [
    needed("country-name", Check::Text(40)),
    needed("dial-code", Check::DialCode),
    optional("flag", Check::Text(8)),
    optional("country-price", Check::Amount),
];

const MOVEMENT: [Field; 2] = [needed("movement", Check::Positive), needed("reason", Check::Text(100))];

const NUMBER: [Field; 2] = [needed("number", Check::Text(32)), optional("number-price", Check::Amount)];

const FIND_NUMBER: [Field; 1] = [needed("find-number", Check::Text(32))];

const APPOINT: [Field; 1] = [needed("user", Check::Text(64))];

const POLLED_PROVIDER: [Field; 4] = [
    needed("provider-name", Check::Word),
    needed("provider-url", Check::Address),
    optional("provider-key", Check::Secret(Sealed::ProviderKey)),
    optional("provider-interval", Check::Whole(1, 3600)),
];

const POSTING_PROVIDER: [Field; 3] = [
    needed("provider-name", Check::Word),
    needed("provider-adapter", Check::Adapter),
    needed("provider-token", Check::Secret(Sealed::ProviderToken)),
];

const LINK_PATTERN: [Field; 1] = [optional("link-pattern", Check::Pattern)];

const SOURCE_LINES: [Field; 1] = [optional("source-lines", Check::LineRows)];

const SOURCE_FIELDS: [Field; 1] = [optional("source-fields", Check::FieldRows)];

const SERVICE_WORDS: [Field; 1] = [optional("service-words", Check::Words)];

const LETTER: [Field; 1] = [needed("letter", Check::Lines(2000))];

const ADD_BOT: [Field; 3] = [
    needed("bot-token", Check::Secret(Sealed::NewToken)),
    needed("bot-username", Check::Username),
    needed("bot-password", Check::Secret(Sealed::NewPassword)),
];

const CREATE_BOT: [Field; 1] = [needed("bot-password", Check::Secret(Sealed::NewPassword))];

const TRY_MESSAGE: [Field; 1] = [needed("try-message", Check::Lines(1000))];

impl Kind {
    /// Its questions, in their order.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Service => &SERVICE,
            Self::Country => &COUNTRY,
            Self::Credit | Self::Debit => &MOVEMENT,
            Self::Appoint => &APPOINT,
            Self::Number => &NUMBER,
            Self::FindNumber => &FIND_NUMBER,
            Self::PolledProvider => &POLLED_PROVIDER,
            Self::PostingProvider => &POSTING_PROVIDER,
            Self::LinkPattern => &LINK_PATTERN,
            Self::SourceLines => &SOURCE_LINES,
            Self::SourceFields => &SOURCE_FIELDS,
            Self::ServiceWords => &SERVICE_WORDS,
            Self::TryMessage => &TRY_MESSAGE,
            Self::AddBot => &ADD_BOT,
            Self::CreateBot => &CREATE_BOT,
            Self::Letter => &LETTER,
        }
    }
}
