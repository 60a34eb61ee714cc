//! Builds the long TL values of a server's answers from the model.

use crate::model::{Attached, Bot, Message, Person};
use crate::tl_files;
use grammers_tl_types as tl;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

/// Unix time now, seconds.
pub fn unix_now() -> i32 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i32)
}

/// What a bot must show to address a person: differs for every pair, never 0.
pub fn access_hash(bot: i64, person: i64) -> i64 {
    let digest = Sha256::new().chain_update(bot.to_le_bytes()).chain_update(person.to_le_bytes()).finalize();
    let mut out = [0; 8];
    out.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(out) | 1
}

fn user(id: i64, access_hash: i64, first_name: &str) -> tl::types::User {
    tl::types::User {
        is_self: false,
        contact: false,
        mutual_contact: false,
        deleted: false,
        bot: false,
        bot_chat_history: false,
        bot_nochats: false,
        verified: false,
        restricted: false,
        min: false,
        bot_inline_geo: false,
        support: false,
        scam: false,
        apply_min_photo: false,
        fake: false,
        bot_attach_menu: false,
        premium: false,
        attach_menu_enabled: false,
        bot_can_edit: false,
        close_friend: false,
        stories_hidden: false,
        stories_unavailable: false,
        contact_require_premium: false,
        bot_business: false,
        bot_has_main_app: false,
        bot_forum_view: false,
        bot_forum_can_manage_topics: false,
        bot_can_manage_bots: false,
        bot_guestchat: false,
        bot_guard: false,
        id,
        access_hash: Some(access_hash),
        first_name: Some(first_name.to_owned()),
        last_name: None,
        username: None,
        phone: None,
        photo: None,
        status: None,
        bot_info_version: None,
        restriction_reason: None,
        bot_inline_placeholder: None,
        lang_code: None,
        emoji_status: None,
        usernames: None,
        stories_max_id: None,
        color: None,
        profile_color: None,
        bot_active_users: None,
        bot_verification_icon: None,
        send_paid_messages_stars: None,
        linked_community_id: None,
    }
}

/// A person as the bot sees them.
pub fn person(bot: i64, person: &Person) -> tl::enums::User {
    let known = user(person.id, access_hash(bot, person.id), &person.first_name);
    if person.deleted {
        return tl::types::User { deleted: true, first_name: None, ..known }.into();
    }
    tl::types::User { username: person.username.clone(), lang_code: person.language.clone(), ..known }.into()
}

/// The bot as it sees itself.
pub fn myself(bot: &Bot) -> tl::enums::User {
    tl::types::User {
        is_self: true,
        bot: true,
        bot_can_manage_bots: bot.manages_bots,
        bot_info_version: Some(1),
        username: Some(bot.username.clone()),
        ..user(bot.id, access_hash(bot.id, bot.id), &bot.username)
    }
    .into()
}

/// A bot as the bot that manages it sees it.
pub fn managed(manager: i64, bot: &Bot) -> tl::enums::User {
    tl::types::User {
        bot: true,
        bot_info_version: Some(1),
        username: Some(bot.username.clone()),
        ..user(bot.id, access_hash(manager, bot.id), &bot.username)
    }
    .into()
}

/// A message of the private chat with `person`.
pub fn message(person: i64, message: &Message) -> tl::enums::Message {
    let peer: tl::enums::Peer = tl::types::PeerUser { user_id: person }.into();
    match message.attached {
        Attached::Picked { button, channel } => return service(peer, message, picked(button, channel)),
        Attached::Created { bot } => {
            let action = tl::types::MessageActionManagedBotCreated { bot_id: bot };
            return service(peer, message, action.into());
        }
        _ => {}
    }
    let fwd_from = match message.attached {
        Attached::Post { channel } => Some(post_of(channel, message.date)),
        Attached::WrittenBy { person } => Some(written_by(person, message.date)),
        _ => None,
    };
    let media = match &message.attached {
        Attached::File(file) => Some(tl_files::media(file)),
        Attached::Photo => Some(tl_files::sent_photo()),
        _ => None,
    };
    tl::types::Message {
        out: message.from_bot,
        mentioned: false,
        media_unread: false,
        silent: false,
        post: false,
        from_scheduled: false,
        legacy: false,
        edit_hide: false,
        pinned: false,
        noforwards: false,
        invert_media: false,
        offline: false,
        video_processing_pending: false,
        paid_suggested_post_stars: false,
        paid_suggested_post_ton: false,
        id: message.id,
        from_id: (!message.from_bot).then(|| peer.clone()),
        from_boosts_applied: None,
        from_rank: None,
        peer_id: peer,
        saved_peer_id: None,
        fwd_from,
        via_bot_id: None,
        via_business_bot_id: None,
        guestchat_via_from: None,
        reply_to: None,
        date: message.date,
        message: message.text.clone(),
        media,
        reply_markup: message.markup.clone(),
        entities: (!message.entities.is_empty()).then(|| message.entities.clone()),
        views: None,
        forwards: None,
        replies: None,
        edit_date: (!message.earlier.is_empty()).then(unix_now),
        post_author: None,
        grouped_id: None,
        reactions: None,
        restriction_reason: None,
        ttl_period: None,
        quick_reply_shortcut_id: None,
        effect: None,
        factcheck: None,
        report_delivery_until_date: None,
        paid_message_stars: None,
        suggested_post: None,
        schedule_repeat_period: None,
        summary_from_language: None,
        rich_message: None,
    }
    .into()
}

/// The header of a forwarded post.
fn post_of(channel_id: i64, date: i32) -> tl::enums::MessageFwdHeader {
    tl::types::MessageFwdHeader {
        channel_post: Some(1),
        ..forwarded(tl::types::PeerChannel { channel_id }.into(), date)
    }
    .into()
}

/// The header of somebody's forwarded message; those who hide themselves are a name only.
fn written_by(person: Option<i64>, date: i32) -> tl::enums::MessageFwdHeader {
    let header = forwarded(tl::types::PeerUser { user_id: person.unwrap_or_default() }.into(), date);
    match person {
        Some(_) => header.into(),
        None => tl::types::MessageFwdHeader { from_id: None, from_name: Some("hidden".into()), ..header }.into(),
    }
}

fn forwarded(from: tl::enums::Peer, date: i32) -> tl::types::MessageFwdHeader {
    tl::types::MessageFwdHeader {
        imported: false,
        saved_out: false,
        from_id: Some(from),
        from_name: None,
        date,
        channel_post: None,
        post_author: None,
        saved_from_peer: None,
        saved_from_msg_id: None,
        saved_from_id: None,
        saved_from_name: None,
        saved_date: None,
        psa_type: None,
    }
}

/// How a person hands a channel over.
fn picked(button_id: i32, channel_id: i64) -> tl::enums::MessageAction {
    let requested = tl::types::RequestedPeerChannel { channel_id, title: None, username: None, photo: None };
    tl::types::MessageActionRequestedPeerSentMe { button_id, peers: vec![requested.into()] }.into()
}

/// A message that tells what a person did.
fn service(peer: tl::enums::Peer, message: &Message, action: tl::enums::MessageAction) -> tl::enums::Message {
    tl::types::MessageService {
        out: false,
        mentioned: false,
        media_unread: false,
        reactions_are_possible: false,
        silent: false,
        post: false,
        legacy: false,
        id: message.id,
        from_id: Some(peer.clone()),
        peer_id: peer,
        saved_peer_id: None,
        reply_to: None,
        date: message.date,
        action,
        reactions: None,
        ttl_period: None,
    }
    .into()
}

/// Updates outside the account's sequence: `seq` 0 means that order does not matter.
pub fn updates(updates: Vec<tl::enums::Update>, users: Vec<tl::enums::User>) -> tl::enums::Updates {
    updates_about(updates, users, Vec::new())
}

/// The same, with the channels that the updates name.
pub fn updates_about(
    updates: Vec<tl::enums::Update>,
    users: Vec<tl::enums::User>,
    chats: Vec<tl::enums::Chat>,
) -> tl::enums::Updates {
    tl::types::Updates { updates, users, chats, date: unix_now(), seq: 0 }.into()
}

/// The server's configuration: every data centre is the sandbox itself, or clients would go to
/// Telegram's real ones.
pub fn config(address: SocketAddr) -> tl::enums::Config {
    let dc_options = (1..=5)
        .map(|id| {
            tl::types::DcOption {
                ipv6: false,
                media_only: false,
                tcpo_only: false,
                cdn: false,
                r#static: true,
                this_port_only: false,
                id,
                ip_address: address.ip().to_string(),
                port: i32::from(address.port()),
                secret: None,
            }
            .into()
        })
        .collect();
    let now = unix_now();
    tl::types::Config {
        default_p2p_contacts: false,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date: now,
        expires: now + 3600,
        test_mode: false,
        this_dc: 2,
        dc_options,
        dc_txt_domain_name: String::new(),
        chat_size_max: 200,
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: 172_800,
        revoke_time_limit: i32::MAX,
        revoke_pm_time_limit: i32::MAX,
        rating_e_decay: 2_419_200,
        stickers_recent_limit: 200,
        channels_read_media_period: 604_800,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: "https://t.me/".into(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: 1024,
        message_length_max: 4096,
        webfile_dc_id: 2,
        suggested_lang_code: None,
        lang_pack_version: None,
        base_lang_pack_version: None,
        reactions_default: None,
        autologin_token: None,
    }
    .into()
}
