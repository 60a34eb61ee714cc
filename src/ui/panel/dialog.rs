//! The dialogs of the panel, as they are stored.

use super::Area;
use super::add_channel::Draft;
use super::form::Form;
use super::inbox::Assignment;
use super::messages;
use super::settings;
use super::upload::Upload;
use crate::service::{DbError, ServiceResult, panel};
use crate::ui::Ctx;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What somebody is in the middle of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialog {
    /// Giving the panel's password.
    Password,
    /// Filling in a form.
    Form(Form),
    /// Changing the n-th setting.
    Setting(i64),
    /// Another password for the panel, hashed, before it is saved.
    NewPassword(String),
    /// Sending a file of numbers.
    Upload(Upload),
    /// Looking for something in a list; what was typed stays in force.
    Search {
        /// The area's word.
        area: String,
        /// The list is of this.
        of: i64,
        /// What is looked for.
        text: Option<String>,
    },
    /// Typing the name of a bot that is to be deleted.
    DeleteBot {
        /// Its short name.
        slug: String,
    },
    /// Changing this text.
    Text(i64),
    /// Choosing the days that are counted.
    StatisticsPeriod,
    /// Composing a broadcast.
    Broadcast(messages::Draft),
    /// Assigning a message to a rental.
    Assign(Assignment),
    /// Adding a channel.
    AddChannel(Draft),
    /// Changing how often this channel pays, to a number that is none of the offered.
    ChannelFrequency(i64),
    /// Changing what this channel pays.
    ChannelReward(i64),
}

impl Dialog {
    /// The area that it belongs to: who may not use that may not go on.
    pub fn area(&self) -> Area {
        match self {
            Self::Form(form) => form.kind.area(),
            Self::Setting(_) | Self::NewPassword(_) => Area::Settings,
            Self::Upload(_) => Area::Numbers,
            Self::Search { area, .. } => Area::parse(area).unwrap_or(Area::Admins),
            Self::Text(_) => Area::Texts,
            Self::DeleteBot { .. } => Area::Bots,
            Self::StatisticsPeriod => Area::Statistics,
            Self::Broadcast(_) => Area::Messages,
            Self::Assign(_) => Area::Inbox,
            Self::Password | Self::AddChannel(_) | Self::ChannelFrequency(_) | Self::ChannelReward(_) => Area::Channels,
        }
    }
}

impl Dialog {
    /// Whether the answer that it waits for is a secret: its message is deleted, whatever comes of it.
    pub fn asks_secret(&self) -> bool {
        match self {
            Self::Password | Self::NewPassword(_) => true,
            Self::Form(form) => form.asks_secret(),
            Self::Setting(id) => settings::is_secret(*id),
            _ => false,
        }
    }

    /// Tells one step of one dialog from every other: a button acts in the step that it was shown for.
    pub fn tag(&self) -> u32 {
        let digest: [u8; 32] = Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into();
        digest.first_chunk().map_or(0, |b| u32::from_le_bytes(*b))
    }
}

/// The dialog that the user is in. One of another version of the program is none.
pub async fn load(ctx: Ctx<'_>) -> ServiceResult<Option<Dialog>> {
    let state = panel::dialog(ctx.tenant, ctx.user.id).await?;
    Ok(state.and_then(|state| serde_json::from_value(state).ok()))
}

/// Ends the dialog.
pub async fn end(ctx: Ctx<'_>) -> ServiceResult<()> {
    panel::end_dialog(ctx.tenant, ctx.user.id).await.map(|_| ())
}

/// Ends whatever dialog the user has walked away from; what is looked for stays in force.
pub async fn leave(ctx: Ctx<'_>) -> ServiceResult<()> {
    if is_open(ctx).await? { end(ctx).await } else { Ok(()) }
}

/// Whether something is asked of the user.
pub async fn is_open(ctx: Ctx<'_>) -> ServiceResult<bool> {
    Ok(!matches!(load(ctx).await?, None | Some(Dialog::Search { .. })))
}

/// Puts the user into a dialog, or on its next step; returns the step's tag.
pub async fn put(ctx: Ctx<'_>, dialog: &Dialog) -> ServiceResult<u32> {
    let state = serde_json::to_value(dialog).map_err(|error| DbError::Other(error.to_string()))?;
    panel::put_dialog(ctx.tenant, ctx.user.id, &state, ctx.now()).await?;
    Ok(dialog.tag())
}
