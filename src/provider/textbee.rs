//! textbee: JSON, signed with HMAC-SHA256 over the body in `X-Signature`
//! (<https://github.com/vernu/textbee>). It names the phone, not its number.

use super::hook::Hook;
use super::{BadBody, Item, moment, parsed, text_of};

/// Reads a received message; other events hold none.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let raw = parsed(hook.body)?;
    match raw["webhookEvent"].as_str() {
        Some("MESSAGE_RECEIVED") => {}
        Some(_) => return Ok(Vec::new()),
        None => return Err(BadBody::NoMessages),
    }
    let text = |name: &str| text_of(&raw[name]);
    let (device, slot) = (text("deviceId"), text("simSubscriptionId"));
    Ok(vec![Item {
        sender: text("sender"),
        id: text("smsId"),
        sent_at: moment(&raw["receivedAt"]),
        ..Item::new("", &text("message").unwrap_or_default(), raw.clone()).on(device.as_deref(), slot.as_deref())
    }])
}
