//! Files: those that people send, read piece by piece, and those that the farm sends.
//!
//! Formats: <https://core.telegram.org/api/files>.

use super::client::Telegram;
use super::error::TelegramError;
use super::incoming::storable;
use super::{call, markup};
use crate::domain::message::Message;
use grammers_client::client::DownloadIter;
use grammers_client::media::Downloadable;
use grammers_client::tl;
use std::time::Duration;
use tokio::io::AsyncRead;

/// The largest file that Telegram takes, in bytes: 4,000 parts of 512 KB.
pub const LARGEST: u64 = 4_000 * 512 * 1024;
/// A piece of a file that does not come is asked for again after this time.
const PIECE: Duration = Duration::from_secs(60);
/// How often a piece is asked for.
const TRIES: u32 = 5;
/// An upload may take so long for each megabyte, and this long besides.
const PER_MEGABYTE: Duration = Duration::from_secs(10);
const BESIDES: Duration = Duration::from_secs(60);

/// A file that somebody sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    id: i64,
    access_hash: i64,
    file_reference: Vec<u8>,
    dc: i32,
    /// Its name, as its sender's client says.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
}

/// Reads the file of a message.
pub(super) fn document(media: tl::enums::MessageMedia) -> Option<Document> {
    let tl::enums::MessageMedia::Document(media) = media else { return None };
    let tl::enums::Document::Document(document) = media.document? else { return None };
    let name = document.attributes.into_iter().find_map(|attribute| match attribute {
        tl::enums::DocumentAttribute::Filename(named) => Some(storable(&named.file_name)),
        _ => None,
    });
    Some(Document {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference,
        dc: document.dc_id,
        name: name.unwrap_or_default(),
        size: document.size.max(0).unsigned_abs(),
    })
}

impl Downloadable for Document {
    fn to_raw_input_location(&self) -> Option<tl::enums::InputFileLocation> {
        let (id, access_hash, file_reference) = (self.id, self.access_hash, self.file_reference.clone());
        let thumb_size = String::new();
        Some(tl::types::InputDocumentFileLocation { id, access_hash, file_reference, thumb_size }.into())
    }

    fn size(&self) -> Option<usize> {
        usize::try_from(self.size).ok()
    }

    fn dc_id(&self) -> Option<i32> {
        Some(self.dc)
    }
}

/// A file on its way here.
pub struct Download<'a> {
    telegram: &'a Telegram,
    document: &'a Document,
    pieces: DownloadIter,
    read: i32,
}

impl Download<'_> {
    /// The next piece, half a megabyte; `None` at the end. Obeys the waits that Telegram names.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, TelegramError> {
        let mut tries = 0;
        loop {
            let error = match tokio::time::timeout(PIECE, self.pieces.next()).await {
                Ok(Ok(piece)) => {
                    self.read += 1;
                    return Ok(piece);
                }
                Ok(Err(error)) => TelegramError::from(error),
                Err(_) => TelegramError::Unavailable(format!("no piece of the file within {} s", PIECE.as_secs())),
            };
            tries += 1;
            match error {
                TelegramError::FloodWait(wait) if tries < TRIES => tokio::time::sleep(wait).await,
                TelegramError::Unavailable(_) if tries < TRIES => tokio::time::sleep(Duration::from_secs(1)).await,
                error => return Err(error),
            }
            // After an error the library's iterator is at its end.
            self.pieces = self.telegram.client.iter_download(self.document).skip_chunks(self.read);
        }
    }
}

/// A file to be sent.
pub struct Outgoing<'a, S> {
    /// Its name, with its ending.
    pub name: &'a str,
    /// Its kind.
    pub mime_type: &'a str,
    /// Its length in bytes.
    pub size: u64,
    /// Its bytes.
    pub bytes: S,
}

impl Telegram {
    /// Reads a file from its beginning.
    pub fn download<'a>(&'a self, document: &'a Document) -> Download<'a> {
        Download { telegram: self, document, pieces: self.client.iter_download(document), read: 0 }
    }

    /// Sends a file with a caption; a PNG as a picture. The same `random_id` is sent once only.
    pub async fn send_file<S: AsyncRead + Unpin>(
        &self,
        user: i64,
        mut file: Outgoing<'_, S>,
        caption: &Message,
        random_id: i64,
    ) -> Result<Option<i32>, TelegramError> {
        let size = usize::try_from(file.size).map_err(|e| TelegramError::Refused(e.to_string()))?;
        let patience = BESIDES + PER_MEGABYTE * u32::try_from(file.size >> 20).unwrap_or(u32::MAX);
        let uploading = self.client.upload_stream(&mut file.bytes, size, file.name.to_owned());
        let uploaded = tokio::time::timeout(patience, uploading).await;
        let uploaded = uploaded.map_err(|_| TelegramError::Unavailable("the upload took too long".to_owned()))?;
        let uploaded = uploaded.map_err(|error| TelegramError::Unavailable(error.to_string()))?.raw;
        let media = if file.mime_type == "image/png" { picture(uploaded) } else { attached(uploaded, &file) };
        let request = tl::functions::messages::SendMedia {
            silent: false,
            background: false,
            clear_draft: false,
            noforwards: false,
            update_stickersets_order: false,
            invert_media: false,
            allow_paid_floodskip: false,
            peer: self.peer(user).await,
            reply_to: None,
            media,
            message: caption.text.clone(),
            random_id,
            reply_markup: markup::markup(caption),
            entities: markup::entities(caption),
            schedule_date: None,
            schedule_repeat_period: None,
            send_as: None,
            quick_reply_shortcut: None,
            effect: None,
            allow_paid_stars: None,
            suggested_post: None,
        };
        let updates = self.invoke(&request).await?;
        Ok(call::sent_id(&updates, random_id))
    }
}

fn picture(file: tl::enums::InputFile) -> tl::enums::InputMedia {
    tl::types::InputMediaUploadedPhoto {
        spoiler: false,
        live_photo: false,
        file,
        stickers: None,
        ttl_seconds: None,
        video: None,
    }
    .into()
}

fn attached<S>(uploaded: tl::enums::InputFile, file: &Outgoing<'_, S>) -> tl::enums::InputMedia {
    let name = tl::types::DocumentAttributeFilename { file_name: file.name.to_owned() };
    tl::types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: true,
        spoiler: false,
        file: uploaded,
        thumb: None,
        mime_type: file.mime_type.to_owned(),
        attributes: vec![name.into()],
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
    .into()
}
