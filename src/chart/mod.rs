//! Charts as pictures: composed as SVG, drawn by resvg with the fonts that are bundled, so that they
//! look the same on every machine, Arabic shaped and from right to left.

mod draw;
mod svg;

pub use draw::{ChartError, draw};

/// A number with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is of.
    pub name: String,
    /// How large it is beside the others.
    pub size: f64,
    /// How it is written.
    pub shown: String,
}

/// Numbers under a title, drawn as bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What they are.
    pub title: String,
    /// In their order.
    pub values: Vec<Value>,
}

/// A picture of a period: a few large numbers, bars over time, and two rankings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// The bot's name.
    pub title: String,
    /// The period.
    pub subtitle: String,
    /// It is read from right to left.
    pub from_right: bool,
    /// The large numbers.
    pub tiles: Vec<Value>,
    /// Bars over time.
    pub over_time: Series,
    /// Rankings, side by side.
    pub rankings: [Series; 2],
    /// Stands where there is nothing.
    pub nothing: String,
}
