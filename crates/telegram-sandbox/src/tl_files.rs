//! Builds the long TL values that describe files.

use crate::files::File;
use crate::tl_build::unix_now;
use grammers_tl_types as tl;

/// The data centre where every file is.
const DC: i32 = 2;

/// A file as a message shows it.
pub fn media(file: &File) -> tl::enums::MessageMedia {
    if file.picture { photo(file) } else { document(file) }
}

fn document(file: &File) -> tl::enums::MessageMedia {
    let document = tl::types::Document {
        id: file.id,
        access_hash: file.access_hash,
        file_reference: file.id.to_le_bytes().to_vec(),
        date: unix_now(),
        mime_type: file.mime_type.clone(),
        size: file.contents.len() as i64,
        thumbs: None,
        video_thumbs: None,
        dc_id: DC,
        attributes: vec![tl::types::DocumentAttributeFilename { file_name: file.name.clone() }.into()],
    };
    tl::types::MessageMediaDocument {
        nopremium: false,
        spoiler: false,
        video: false,
        round: false,
        voice: false,
        document: Some(document.into()),
        alt_documents: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
    .into()
}

fn photo(file: &File) -> tl::enums::MessageMedia {
    let size = tl::types::PhotoSize { r#type: "x".into(), w: 1280, h: 720, size: file.contents.len() as i32 };
    let photo = tl::types::Photo {
        has_stickers: false,
        id: file.id,
        access_hash: file.access_hash,
        file_reference: file.id.to_le_bytes().to_vec(),
        date: unix_now(),
        sizes: vec![size.into()],
        video_sizes: None,
        dc_id: DC,
    };
    tl::types::MessageMediaPhoto {
        spoiler: false,
        live_photo: false,
        photo: Some(photo.into()),
        ttl_seconds: None,
        video: None,
    }
    .into()
}

/// A photo that was sent.
pub fn sent_photo() -> tl::enums::MessageMedia {
    let photo = Some(tl::types::PhotoEmpty { id: 1 }.into());
    tl::types::MessageMediaPhoto { spoiler: false, live_photo: false, photo, ttl_seconds: None, video: None }.into()
}
