//! The farm's own format, `{"messages":[{"to","service","text","ts","id","from","device","slot","meta"}]}`,
//! and any other JSON whose fields are named.

use super::hook::{Hook, Refused, bytes};
use super::poll::Page;
use super::{BadBody, Item, mac, moment, parsed, text_of};
use crate::domain::source::SourceOptions;
use secrecy::SecretString;
use serde_json::Value;
use sha2::Sha256;

/// Messages taken from one body.
const MOST: usize = 1000;

/// Checks the signature of a body: hexadecimal digits, `sha256=` before them or not.
pub fn verify(hook: &Hook<'_>, secret: &SecretString, header: &str) -> Result<(), Refused> {
    let given = mac::from_hex(hook.header(header).ok_or(Refused::Unsigned)?)?;
    mac::check::<Sha256>(bytes(secret), &[hook.body], &given)
}

/// Reads a body. Messages without a recipient or text come back with empty ones: they are stored
/// with a reason, never lost.
pub fn parse(body: &[u8], options: &SourceOptions) -> Result<Page, BadBody> {
    let body = parsed(body)?;
    let messages = match options.path("list") {
        Some(path) => at(&body, path),
        None if body.is_array() => Some(&body),
        None => body.get("messages"),
    };
    let messages = match messages {
        Some(Value::Array(messages)) => messages.as_slice(),
        // One message is posted without a list around it.
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        None if options.path("list").is_none() && options.path("text").is_some() => std::slice::from_ref(&body),
        _ => return Err(BadBody::NoMessages),
    };
    if messages.len() > MOST {
        return Err(BadBody::TooMany(MOST));
    }
    let of_page = |field| options.path(field).and_then(|path| text_of(at(&body, path)?));
    let items: Vec<Item> = messages.iter().map(|raw| item(raw, options)).collect();
    // An empty page is the end: some sources name a next one for ever.
    let next = of_page("next").filter(|_| !items.is_empty());
    Ok(Page { items, next, cursor: of_page("cursor") })
}

/// The value at a path: names and places in lists, with points between them.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    value.pointer(&format!("/{}", path.replace('.', "/")))
}

fn item(raw: &Value, options: &SourceOptions) -> Item {
    let value = |field: &str, usual: &[&str]| match options.path(field) {
        Some(path) => at(raw, path),
        None => usual.iter().find_map(|name| raw.get(name)),
    };
    let text = |field: &str, usual: &[&str]| value(field, usual).and_then(text_of);
    let to = text("to", &["to", "recipient"]).unwrap_or_default();
    let body = text("text", &["text", "message", "body"]).unwrap_or_default();
    let (device, slot) = (text("device", &["device"]), text("slot", &["slot", "sim"]));
    Item {
        service: text("service", &["service"]),
        sender: text("from", &["from", "sender"]),
        sent_at: value("time", &["ts", "timestamp"]).and_then(moment),
        // An empty or constant id would make every message a repetition of the first.
        id: text("id", &["id"]).filter(|id| !matches!(id.trim(), "" | "0")),
        ..Item::new(&to, &body, raw.clone()).on(device.as_deref(), slot.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &[u8]) -> Result<Vec<Item>, BadBody> {
        super::parse(body, &SourceOptions::default()).map(|page| page.items)
    }

    // SPEC: M1
    #[test]
    fn the_documented_format_is_read() {
        let body = r#"{"messages":[{"to":"+201234567890","service":"WhatsApp","text":"Your verification code is 123456","ts":"2025-08-28T14:25:00Z","meta":{"provider_id":"X"}}]}"#;
        let items = parse(body.as_bytes()).unwrap();
        assert_eq!(items[0].to, "+201234567890");
        assert_eq!(items[0].service.as_deref(), Some("WhatsApp"));
        assert_eq!(items[0].sent_at.map(|t| t.timestamp()), Some(1_756_391_100));
    }

    // SPEC: M5
    #[test]
    fn the_fields_of_any_json_can_be_named() {
        let options = "list = data.items\nto = number.full\ntext = content\nid = uid\ntime = at\nfrom = sender.0\n\
                       next = data.more\ncursor = data.last\ndevice = modem";
        let options = SourceOptions::parse(options).unwrap();
        let body = r#"{"data":{"more":"/sms?page=2","last":77,"items":[{"number":{"full":"201234567890"},"uid":5,
            "content":"code 123456","at":1756391100,"sender":["WA"],"modem":"m1","slot":2}]}}"#;
        let page = super::parse(body.as_bytes(), &options).unwrap();
        assert_eq!((page.next.as_deref(), page.cursor.as_deref()), (Some("/sms?page=2"), Some("77")));
        let item = &page.items[0];
        assert_eq!((item.to.as_str(), item.text.as_str()), ("201234567890", "code 123456"));
        assert_eq!((item.sender.as_deref(), item.id.as_deref()), (Some("WA"), Some("5")));
        assert_eq!(item.sent_at.map(|t| t.timestamp()), Some(1_756_391_100));
        assert_eq!(item.line.as_deref(), Some("m1/2"));
        let alone = SourceOptions::parse("text = sms.body\nto = sms.to").unwrap();
        let page = super::parse(br#"{"sms":{"to":"+201234567890","body":"1"}}"#, &alone).unwrap();
        assert_eq!(page.items[0].to, "+201234567890");
    }

    #[test]
    fn odd_bodies_are_refused_or_read_never_a_crash() {
        assert_eq!(parse(b"<html>"), Err(BadBody::NotJson));
        assert_eq!(parse(b"{}"), Err(BadBody::NoMessages));
        assert_eq!(parse(b"7"), Err(BadBody::NoMessages));
        let items = parse(br#"[{"to":201234567890,"text":"a\u0000b","ts":1756391100000},{"to":null},7]"#).unwrap();
        assert_eq!(items[0].to, "201234567890");
        assert_eq!(items[0].text, "a\u{fffd}b");
        assert_eq!(items[0].sent_at.map(|t| t.timestamp()), Some(1_756_391_100));
        assert_eq!((items[1].to.as_str(), items[2].to.as_str()), ("", ""));
        let many = format!("[{}]", vec!["1"; 1001].join(","));
        assert_eq!(parse(many.as_bytes()), Err(BadBody::TooMany(1000)));
    }
}
