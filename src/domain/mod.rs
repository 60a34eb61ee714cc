//! What the business means, without any I/O: money, phone numbers, codes, the rental's states.
//!
//! Pure functions and values; used by everyone, uses nobody.

pub mod adapter;
pub mod address;
pub mod audience;
pub mod channel;
pub mod code;
pub mod extract;
pub mod known_services;
pub mod links;
pub mod matching;
pub mod message;
pub mod money;
pub mod phone;
pub mod rental;
pub mod sealed;
pub mod setting;
pub mod slug;
pub mod source;
pub mod stamp;
pub mod text;
pub mod token;
pub mod trial;
