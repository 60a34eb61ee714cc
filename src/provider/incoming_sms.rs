//! The app "Incoming SMS to URL forwarder": JSON of a template that its user may change, signed with
//! HMAC-SHA256 over the body in `X-Signature` when a secret is set
//! (<https://github.com/bogkonstantin/android_income_sms_gateway_webhook>). It names the SIM slot; a
//! `device` can be added to the template.

use super::hook::Hook;
use super::{BadBody, Item, moment, parsed, text_of};

/// Reads a message. It has no id: sender, text and time tell one from another.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let raw = parsed(hook.body)?;
    let text = |name: &str| text_of(&raw[name]);
    let body = text("text").ok_or(BadBody::NoMessages)?;
    let (to, device, slot) = (text("to").unwrap_or_default(), text("device"), text("sim"));
    Ok(vec![Item {
        sender: text("from"),
        sent_at: moment(&raw["receivedStamp"]).or_else(|| moment(&raw["sentStamp"])),
        ..Item::new(&to, &body, raw.clone()).on(device.as_deref(), slot.as_deref())
    }])
}
