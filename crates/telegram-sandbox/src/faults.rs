//! Misbehaviour on purpose: a Telegram that is slow, loses answers or refuses.

use std::time::Duration;

/// What happens to a request that a fault meets.
#[derive(Clone, Debug)]
pub enum Misbehave {
    /// The request is served, its answer comes late.
    Delay(Duration),
    /// The request is served and its answer never sent, as if the connection had died in between.
    WithholdAnswer,
    /// The request is swallowed: nothing happens and no answer comes.
    Ignore,
    /// The request is served, then the connection is cut before the answer.
    CutAfter,
    /// Not served, answered with this error, for example `(420, "FLOOD_WAIT_3")`.
    Refuse(i32, String),
}

/// A rule: which requests it meets, how often, and what happens then.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Only this bot's requests, or everybody's.
    pub bot: Option<i64>,
    /// The method's TL name, for example `messages.sendMessage`.
    pub method: &'static str,
    /// Only requests whose text contains this.
    pub text: Option<String>,
    /// How many more requests it meets.
    pub left: u32,
    /// What happens.
    pub action: Misbehave,
}

impl Fault {
    /// A fault that meets every request of a method, for ever.
    pub fn always(method: &'static str, action: Misbehave) -> Self {
        Self { bot: None, method, text: None, left: u32::MAX, action }
    }

    /// Meets only the first `times` requests.
    pub fn times(self, times: u32) -> Self {
        Self { left: times, ..self }
    }

    /// Meets only the requests of one bot.
    pub fn for_bot(self, bot: i64) -> Self {
        Self { bot: Some(bot), ..self }
    }

    /// Meets only requests whose text contains `part`.
    pub fn with_text(self, part: &str) -> Self {
        Self { text: Some(part.to_owned()), ..self }
    }

    fn meets(&self, bot: Option<i64>, method: &str, text: &str) -> bool {
        self.left > 0
            && self.method == method
            && self.bot.is_none_or(|b| Some(b) == bot)
            && self.text.as_ref().is_none_or(|part| text.contains(part.as_str()))
    }
}

/// The first fault that meets the request; counts it as used.
pub fn strike(faults: &mut Vec<Fault>, bot: Option<i64>, method: &str, text: &str) -> Option<Misbehave> {
    let hit = faults.iter_mut().find(|f| f.meets(bot, method, text))?;
    hit.left = if hit.left == u32::MAX { u32::MAX } else { hit.left - 1 };
    let action = hit.action.clone();
    faults.retain(|f| f.left > 0);
    Some(action)
}
