//! One file per journey of a user.

pub mod balance;
pub mod channels;
pub mod countries;
pub mod help;
pub mod history;
pub mod home;
pub mod language;
pub mod offer;
pub mod rental;
pub mod terms;
