//! Channels as their owners and members handle them.

use crate::api::member;
use crate::model::{Channel, Standing, World};
use crate::server::Sandbox;
use crate::tl_build;
use crate::tl_channels;
use crate::visitor::Visitor;
use grammers_tl_types as tl;
use std::collections::{HashMap, HashSet};

impl Sandbox {
    /// Makes a channel; one without a public name is private.
    pub fn add_channel(&self, id: i64, title: &str, username: Option<&str>) {
        let channel = Channel {
            id,
            title: title.to_owned(),
            username: username.map(str::to_owned),
            members: HashMap::new(),
            admins: HashSet::new(),
        };
        self.shared.world().channels.insert(id, channel);
    }

    /// Makes a bot an admin of a channel, or takes that away.
    pub fn set_channel_admin(&self, channel: i64, bot: i64, is_admin: bool) {
        if let Some(channel) = self.shared.world().channels.get_mut(&channel) {
            if is_admin {
                channel.admins.insert(bot);
            } else {
                channel.admins.remove(&bot);
            }
        }
    }
}

impl Visitor {
    /// Joins a channel.
    pub fn join(&self, channel: i64) {
        self.stand(channel, Some(Standing::Member));
    }

    /// Leaves a channel.
    pub fn leave(&self, channel: i64) {
        self.stand(channel, None);
    }

    /// Changes how the person stands to a channel; bots that are admins there are told.
    pub fn stand(&self, channel: i64, standing: Option<Standing>) {
        let mut world = self.shared.world();
        let Some(found) = world.channels.get_mut(&channel) else { return };
        let before = found.members.get(&self.id).map(|s| member(self.id, *s));
        match standing {
            Some(standing) => found.members.insert(self.id, standing),
            None => found.members.remove(&self.id),
        };
        let bots: Vec<i64> = found.admins.iter().copied().collect();
        let update = tl::types::UpdateChannelParticipant {
            via_chatlist: false,
            channel_id: channel,
            date: tl_build::unix_now(),
            actor_id: self.id,
            user_id: self.id,
            prev_participant: before,
            new_participant: standing.map(|s| member(self.id, s)),
            invite: None,
            // Telegram sends 0 for these now and then; it means "not in a sequence".
            qts: 0,
        };
        for bot in bots {
            let (users, chats) = (world.people_seen(bot, self.id), world.chats_seen(bot, Some(channel)));
            world.push_updates(bot, &tl_build::updates_about(vec![update.clone().into()], users, chats));
        }
        drop(world);
        self.shared.touch();
    }
}

impl World {
    /// The channels that an update has to bring along.
    pub(crate) fn chats_seen(&self, bot: i64, channel: Option<i64>) -> Vec<tl::enums::Chat> {
        let found = channel.and_then(|id| self.channels.get(&id));
        found.map(|channel| tl_channels::channel(bot, channel)).into_iter().collect()
    }
}
