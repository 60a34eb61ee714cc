//! What a button of the panel tells the bot: `admin_…`.

use crate::domain::channel::Frequency;
use crate::ui::callback::{Foreign, number};
use std::fmt;

/// A button of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The areas.
    Home,
    /// Ends the session.
    SignOut,
    /// Leaves the dialog.
    Leave,
    /// The channels, this page.
    Channels(u32),
    /// One channel.
    Channel(i64),
    /// Begins the dialog that adds a channel.
    AddChannel,
    /// In that dialog: the standard reward.
    StandardReward,
    /// In that dialog: no reward.
    NoReward,
    /// In that dialog: how often it pays.
    NewFrequency(Frequency),
    /// In that dialog: must be joined, or not.
    NewRequired(bool),
    /// In that dialog: saves what was collected.
    SaveChannel,
    /// Pauses or resumes a channel.
    SetActive(i64, bool),
    /// A channel must be joined, or need not.
    SetRequired(i64, bool),
    /// Begins the dialog that changes a reward.
    ChangeReward(i64),
    /// Asks how often a channel pays.
    AskFrequency(i64),
    /// How often a channel pays.
    SetFrequency(i64, Frequency),
    /// Asks whether to remove a channel.
    AskRemove(i64),
    /// Removes a channel.
    Remove(i64),
}

fn frequency(frequency: Frequency) -> String {
    let (word, every) = frequency.parts();
    format!("{}{every}", &word[..1])
}

fn parse_frequency(text: &str) -> Result<Frequency, Foreign> {
    let (word, every) = text.split_at_checked(1).ok_or(Foreign)?;
    let every = number::<u32>(every)?;
    match (word, every) {
        ("o", 1) => Ok(Frequency::Once),
        ("h", 1..=10_000) => Ok(Frequency::Hours(every)),
        ("d", 1..=10_000) => Ok(Frequency::Days(every)),
        _ => Err(Foreign),
    }
}

fn flag(text: &str) -> Result<bool, Foreign> {
    match text {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(Foreign),
    }
}

impl fmt::Display for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("admin_home"),
            Self::SignOut => f.write_str("admin_out"),
            Self::Leave => f.write_str("admin_leave"),
            Self::Channels(page) => write!(f, "admin_chs_{page}"),
            Self::Channel(id) => write!(f, "admin_ch_{id}"),
            Self::AddChannel => f.write_str("admin_chnew"),
            Self::StandardReward => f.write_str("admin_chnew_std"),
            Self::NoReward => f.write_str("admin_chnew_none"),
            Self::NewFrequency(every) => write!(f, "admin_chnew_f_{}", frequency(*every)),
            Self::NewRequired(required) => write!(f, "admin_chnew_r_{}", u8::from(*required)),
            Self::SaveChannel => f.write_str("admin_chnew_save"),
            Self::SetActive(id, active) => write!(f, "admin_chact_{id}_{}", u8::from(*active)),
            Self::SetRequired(id, required) => write!(f, "admin_chreq_{id}_{}", u8::from(*required)),
            Self::ChangeReward(id) => write!(f, "admin_chrew_{id}"),
            Self::AskFrequency(id) => write!(f, "admin_chfrq_{id}"),
            Self::SetFrequency(id, every) => write!(f, "admin_chfrq_{id}_{}", frequency(*every)),
            Self::AskRemove(id) => write!(f, "admin_chdel_{id}"),
            Self::Remove(id) => write!(f, "admin_chdel_{id}_yes"),
        }
    }
}

impl Panel {
    /// From what follows `admin_`.
    pub fn parse(parts: &[&str]) -> Result<Self, Foreign> {
        Ok(match parts {
            ["home"] => Self::Home,
            ["out"] => Self::SignOut,
            ["leave"] => Self::Leave,
            ["chs", page] => Self::Channels(number(page)?),
            ["ch", id] => Self::Channel(number(id)?),
            ["chnew"] => Self::AddChannel,
            ["chnew", "std"] => Self::StandardReward,
            ["chnew", "none"] => Self::NoReward,
            ["chnew", "f", every] => Self::NewFrequency(parse_frequency(every)?),
            ["chnew", "r", required] => Self::NewRequired(flag(required)?),
            ["chnew", "save"] => Self::SaveChannel,
            ["chact", id, active] => Self::SetActive(number(id)?, flag(active)?),
            ["chreq", id, required] => Self::SetRequired(number(id)?, flag(required)?),
            ["chrew", id] => Self::ChangeReward(number(id)?),
            ["chfrq", id] => Self::AskFrequency(number(id)?),
            ["chfrq", id, every] => Self::SetFrequency(number(id)?, parse_frequency(every)?),
            ["chdel", id] => Self::AskRemove(number(id)?),
            ["chdel", id, "yes"] => Self::Remove(number(id)?),
            _ => return Err(Foreign),
        })
    }
}

#[cfg(test)]
pub(in crate::ui) mod tests {
    use super::*;

    /// Every kind of button, with the largest values.
    pub fn all() -> Vec<Panel> {
        let id = i64::MAX;
        vec![
            Panel::Home,
            Panel::SignOut,
            Panel::Leave,
            Panel::Channels(u32::MAX),
            Panel::Channel(id),
            Panel::AddChannel,
            Panel::StandardReward,
            Panel::NoReward,
            Panel::NewFrequency(Frequency::Hours(10_000)),
            Panel::NewRequired(true),
            Panel::SaveChannel,
            Panel::SetActive(id, false),
            Panel::SetRequired(id, true),
            Panel::ChangeReward(id),
            Panel::AskFrequency(id),
            Panel::SetFrequency(id, Frequency::Days(7)),
            Panel::SetFrequency(id, Frequency::Once),
            Panel::AskRemove(id),
            Panel::Remove(id),
        ]
    }
}
