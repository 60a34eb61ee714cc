//! The form of the tokens that BotFather gives out: `123456789:AA…`, the bot's id before the colon.

/// The id of the bot whose token this is; `None` when it has not the form of one.
pub fn bot_id(token: &str) -> Option<i64> {
    let (id, secret) = token.split_once(':')?;
    let is_secret = secret.len() >= 8 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    id.parse().ok().filter(|id| *id > 0 && is_secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_bots_id() {
        assert_eq!(bot_id("123456789:AAH-x_9abcdef"), Some(123_456_789));
        for bad in ["", "AAH", "0:AAH-x_9abcdef", "x:AAH-x_9abcdef", "1:short", "1:AAH x_9abcdef", "1:AAH\"x_9abcdef"] {
            assert_eq!(bot_id(bad), None, "{bad}");
        }
    }
}
