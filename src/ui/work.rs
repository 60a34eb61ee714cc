//! Work that an input begins and that goes on after its reply. `bot` does it.

use crate::chart::Chart;
use crate::service::export::Table;
use crate::service::stock::Order;

/// A file that somebody sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its name, as its sender's client says.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// The channel from which it was forwarded.
    pub channel: Option<i64>,
}

/// Work to be done.
#[derive(Clone, Debug)]
pub enum Work {
    /// Reads the file that was sent into the stock.
    Import {
        /// The import's row.
        id: i64,
        /// What the file is.
        order: Order,
    },
    /// Stops this import.
    StopImport(i64),
    /// Draws a chart and sends it.
    Picture {
        /// The chart.
        chart: Chart,
        /// What stands under it.
        caption: String,
    },
    /// Sends the broadcasts that wait.
    Broadcast,
    /// Sends a table as a file.
    Export {
        /// Which.
        table: Table,
        /// Who wants it, for the audit log.
        actor: String,
    },
}
