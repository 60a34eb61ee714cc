//! What users see: an input comes in, a [`Reply`] goes out. Flows return screens; they never send.
//!
//! Called by `bot` for updates and for letters of the outbox. Knows neither Telegram nor
//! providers, so every screen can be tested without them.

pub mod brand;
pub mod callback;
pub mod commands;
pub mod flows;
pub mod gate;
pub mod letter;
pub mod outside;
pub mod panel;
pub mod refusal;
pub mod rental_view;
pub mod router;
pub mod view;
pub mod work;

pub use brand::{Brand, Ctx};
pub use callback::Callback;
pub use router::{Input, Press, handle};
pub use work::Work;

use crate::domain::message::Message;

/// A rental that a screen shows: its row and the version of its state.
pub type ShownRental = (i64, i32);

/// What an input leads to.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The screen to show: replaces the pressed one, or is sent anew.
    pub screen: Option<Message>,
    /// The rental on that screen.
    pub rental: Option<ShownRental>,
    /// A rental began with it: what waits for rentals is woken.
    pub began: bool,
    /// A short notice.
    pub notice: Option<String>,
    /// The notice is not worth a message of its own when it comes too late for the press.
    pub quiet: bool,
    /// The screen does not replace one that shows a rental: it is sent beside it.
    pub beside: bool,
    /// Another message, sent after the screen.
    pub also: Option<Message>,
    /// The pressed screen goes away.
    pub close: bool,
    /// The message that was answered held a secret: it goes away at once.
    pub delete_input: bool,
    /// What is known of the user has changed.
    pub user_changed: bool,
    /// What is known of other users has changed.
    pub users_changed: bool,
    /// The bot's settings have changed: they are to be read again.
    pub settings_changed: bool,
    /// Work that goes on after the reply.
    pub work: Option<Work>,
    /// There is something in the outbox.
    pub letters: bool,
    /// The user's balance has grown: a code that waits for it can be delivered.
    pub money_came: bool,
}

impl Reply {
    /// Shows a screen.
    pub fn screen(message: Message) -> Self {
        Self { screen: Some(message), ..Self::default() }
    }

    /// Shows a rental's screen.
    pub fn rental(message: Message, rental: ShownRental) -> Self {
        Self { screen: Some(message), rental: Some(rental), ..Self::default() }
    }

    /// Shows a notice only.
    pub fn notice(text: String) -> Self {
        Self { notice: Some(text), ..Self::default() }
    }

    /// Adds a notice.
    pub fn with_notice(self, text: String) -> Self {
        Self { notice: Some(text), ..self }
    }
}
