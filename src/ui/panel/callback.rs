//! What a button of the panel tells the bot: `admin_…`. One grammar for every area: what is acted
//! on, by a verb, an id and a small number.

use crate::ui::callback::{Foreign, number};
use std::fmt;

/// An area of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// A1.
    Services,
    /// A2.
    Countries,
    /// A3.
    Numbers,
    /// A4.
    Providers,
    /// A4: messages that matched nothing.
    Inbox,
    /// A5.
    Users,
    /// A6.
    Messages,
    /// A7.
    Settings,
    /// A7: the bot's own texts.
    Texts,
    /// A8.
    Statistics,
    /// A9.
    Channels,
    /// A11.
    Audit,
    /// A12.
    Export,
    /// A10.
    Bots,
    /// A13.
    Admins,
}

impl Area {
    /// All of them, with the word of their buttons.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Services, "sv"),
        (Self::Countries, "co"),
        (Self::Numbers, "nu"),
        (Self::Providers, "pr"),
        (Self::Inbox, "in"),
        (Self::Users, "us"),
        (Self::Messages, "ms"),
        (Self::Settings, "se"),
        (Self::Texts, "tx"),
        (Self::Statistics, "st"),
        (Self::Channels, "ch"),
        (Self::Audit, "au"),
        (Self::Export, "ex"),
        (Self::Bots, "bo"),
        (Self::Admins, "ad"),
    ];

    /// The word in buttons, permissions and texts.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(area, _)| *area == self).map_or("", |(_, word)| word)
    }

    /// The text of its button.
    pub fn title(self) -> &'static str {
        match self {
            Self::Services => "panel-services",
            Self::Countries => "panel-countries",
            Self::Numbers => "panel-numbers",
            Self::Providers => "panel-providers",
            Self::Inbox => "panel-inbox",
            Self::Users => "panel-users",
            Self::Messages => "panel-messages",
            Self::Settings => "panel-settings",
            Self::Texts => "panel-texts",
            Self::Statistics => "panel-statistics",
            Self::Channels => "panel-channels",
            Self::Audit => "panel-audit",
            Self::Export => "panel-export",
            Self::Bots => "panel-bots",
            Self::Admins => "panel-admins",
        }
    }

    /// What its button on the first screen does.
    pub fn entrance(self) -> Verb {
        // Statistics begin with the last seven days.
        Verb::List { of: 0, page: if self == Self::Statistics { 7 } else { 0 } }
    }

    /// The area whose permission opens this one.
    pub fn permission(self) -> Self {
        match self {
            Self::Countries => Self::Services,
            Self::Inbox => Self::Providers,
            Self::Texts => Self::Settings,
            other => other,
        }
    }

    /// Whether it is the owner's alone.
    pub fn is_owners(self) -> bool {
        matches!(self, Self::Admins | Self::Bots)
    }

    /// Whether the owner may open it to an assistant.
    pub fn can_be_given(self) -> bool {
        self == self.permission() && !self.is_owners()
    }

    /// The area of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, w)| *w == word).map(|(area, _)| area)
    }
}

/// What is done in an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Lists what belongs to something (0: everything), this page.
    List {
        /// To what.
        of: i64,
        /// Counted from 0.
        page: u32,
    },
    /// Shows one.
    Show(i64),
    /// Begins the dialog that adds one to something (0: to nothing).
    Add(i64),
    /// Begins the dialog that changes a field of one, or offers its values.
    Edit(i64, u8),
    /// Sets a field of one to a value.
    Set(i64, u8, u32),
    /// Asks before something is done that cannot be undone.
    Ask(i64, u8),
    /// Does it.
    Do(i64, u8),
}

/// A button of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The areas.
    Home,
    /// Ends the session.
    SignOut,
    /// Leaves the dialog.
    Leave,
    /// In the dialog whose step has this tag: this choice of those that are offered.
    Choose(u8, u32),
    /// In the dialog whose step has this tag: saves what was collected.
    Save(u32),
    /// Looks for what will be typed, in an area's list of this.
    Search(Area, i64),
    /// Looks for nothing any more.
    Clear(Area, i64),
    /// Something in an area.
    In(Area, Verb),
}

impl Panel {
    /// The area that one must be allowed to use for it.
    pub fn area(self) -> Option<Area> {
        match self {
            Self::In(area, _) | Self::Search(area, _) | Self::Clear(area, _) => Some(area),
            Self::Home | Self::SignOut | Self::Leave | Self::Choose(..) | Self::Save(_) => None,
        }
    }
}

impl fmt::Display for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (area, verb) = match self {
            Self::Home => return f.write_str("admin_home"),
            Self::SignOut => return f.write_str("admin_out"),
            Self::Leave => return f.write_str("admin_leave"),
            Self::Choose(n, tag) => return write!(f, "admin_pick_{n}_{tag}"),
            Self::Save(tag) => return write!(f, "admin_save_{tag}"),
            Self::Search(area, of) => return write!(f, "admin_find_{}_{of}", area.word()),
            Self::Clear(area, of) => return write!(f, "admin_clear_{}_{of}", area.word()),
            Self::In(area, verb) => (area.word(), verb),
        };
        match verb {
            Verb::List { of, page } => write!(f, "admin_{area}_l_{of}_{page}"),
            Verb::Show(id) => write!(f, "admin_{area}_s_{id}"),
            Verb::Add(of) => write!(f, "admin_{area}_a_{of}"),
            Verb::Edit(id, field) => write!(f, "admin_{area}_e_{id}_{field}"),
            Verb::Set(id, field, value) => write!(f, "admin_{area}_t_{id}_{field}_{value}"),
            Verb::Ask(id, what) => write!(f, "admin_{area}_k_{id}_{what}"),
            Verb::Do(id, what) => write!(f, "admin_{area}_d_{id}_{what}"),
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
            ["pick", n, tag] => Self::Choose(number(n)?, number(tag)?),
            ["save", tag] => Self::Save(number(tag)?),
            ["find", area, of] => Self::Search(Area::parse(area).ok_or(Foreign)?, number(of)?),
            ["clear", area, of] => Self::Clear(Area::parse(area).ok_or(Foreign)?, number(of)?),
            [area, verb @ ..] => Self::In(Area::parse(area).ok_or(Foreign)?, parse_verb(verb)?),
            [] => return Err(Foreign),
        })
    }
}

fn parse_verb(parts: &[&str]) -> Result<Verb, Foreign> {
    Ok(match parts {
        ["l", of, page] => Verb::List { of: number(of)?, page: number(page)? },
        ["s", id] => Verb::Show(number(id)?),
        ["a", of] => Verb::Add(number(of)?),
        ["e", id, field] => Verb::Edit(number(id)?, number(field)?),
        ["t", id, field, value] => Verb::Set(number(id)?, number(field)?, number(value)?),
        ["k", id, what] => Verb::Ask(number(id)?, number(what)?),
        ["d", id, what] => Verb::Do(number(id)?, number(what)?),
        _ => return Err(Foreign),
    })
}

#[cfg(test)]
pub(in crate::ui) mod tests {
    use super::*;

    /// Every kind of button in every area, with the largest values.
    pub fn all() -> Vec<Panel> {
        let id = i64::MAX;
        let verbs = [
            Verb::List { of: id, page: u32::MAX },
            Verb::Show(id),
            Verb::Add(id),
            Verb::Edit(id, u8::MAX),
            Verb::Set(id, u8::MAX, u32::MAX),
            Verb::Ask(id, u8::MAX),
            Verb::Do(id, u8::MAX),
        ];
        let in_areas = Area::ALL.into_iter().flat_map(|(area, _)| verbs.map(|verb| Panel::In(area, verb)));
        let areas = Area::ALL.into_iter().map(|(area, _)| area);
        let searches = areas.flat_map(|area| [Panel::Search(area, id), Panel::Clear(area, id)]);
        [Panel::Home, Panel::SignOut, Panel::Leave, Panel::Choose(u8::MAX, u32::MAX), Panel::Save(u32::MAX)]
            .into_iter()
            .chain(searches)
            .chain(in_areas)
            .collect()
    }
}
