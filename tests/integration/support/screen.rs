//! A screen as a person sees it: for snapshots and for pictures.

use telegram_sandbox::{Action, Button, Message};

/// What a message shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    pub text: String,
    /// The texts that a tap copies.
    pub codes: Vec<String>,
    pub rows: Vec<Vec<Button>>,
}

impl From<&Message> for Screen {
    fn from(message: &Message) -> Self {
        Self { text: message.text.clone(), codes: message.codes(), rows: message.rows() }
    }
}

impl Screen {
    /// The same with every text of it changed.
    pub fn map(self, change: impl Fn(&str) -> String) -> Self {
        let action = |action: Action| match action {
            Action::Copy(text) => Action::Copy(change(&text)),
            other => other,
        };
        let button = |b: Button| Button { label: change(&b.label), action: action(b.action) };
        let rows = self.rows.into_iter().map(|row| row.into_iter().map(button).collect()).collect();
        Self { text: change(&self.text), codes: self.codes, rows }
    }

    /// As people would review it: text, what a tap copies, buttons.
    pub fn reviewed(&self) -> String {
        let mut out = self.text.replace('\u{200e}', "‹LRM›").replace(['\u{2068}', '\u{2069}'], "·");
        out.push_str(&format!("\n\ncode: {:?}\n", self.codes));
        for row in &self.rows {
            let button = |b: &Button| match &b.action {
                Action::Copy(text) => format!("[{} ⧉ {text}]", b.label),
                Action::Url(url) => format!("[{} → {url}]", b.label),
                Action::Callback(_) => format!("[{}]", b.label),
            };
            out.push_str(&row.iter().map(button).collect::<Vec<_>>().join(" "));
            out.push('\n');
        }
        out
    }
}
