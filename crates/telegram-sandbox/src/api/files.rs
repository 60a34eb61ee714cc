//! `upload.saveFilePart`, `upload.saveBigFilePart`, `upload.getFile` and `messages.sendMedia`, as
//! <https://core.telegram.org/api/files> describes them.

use super::{Answered, Caller, Refusal, limits};
use crate::files::{Contents, File, LARGEST};
use crate::model::{Attached, Message, World};
use crate::tl_build;
use grammers_tl_types as tl;

/// The largest part, in bytes; every other part divides it.
const PART: usize = 512 * 1024;
/// Larger files than this are uploaded as big ones, in bytes.
const SMALL: usize = 10 * 1024 * 1024;

pub fn save_part(world: &mut World, caller: Caller, request: tl::functions::upload::SaveFilePart) -> Answered<bool> {
    keep(world, caller, request.file_id, request.file_part, request.bytes)
}

pub fn save_big_part(
    world: &mut World,
    caller: Caller,
    request: tl::functions::upload::SaveBigFilePart,
) -> Answered<bool> {
    keep(world, caller, request.file_id, request.file_part, request.bytes)
}

fn keep(world: &mut World, caller: Caller, file: i64, part: i32, bytes: Vec<u8>) -> Answered<bool> {
    world.signed_in(caller)?;
    if bytes.is_empty() || bytes.len() > PART {
        return Err(Refusal::new(400, "FILE_PART_SIZE_INVALID"));
    }
    if !(0..4_000).contains(&part) {
        return Err(Refusal::new(400, "FILE_PART_INVALID"));
    }
    world.uploads.entry(file).or_default().insert(part, bytes);
    Ok(true)
}

pub fn get(
    world: &mut World,
    caller: Caller,
    request: tl::functions::upload::GetFile,
) -> Answered<tl::enums::upload::File> {
    world.signed_in(caller)?;
    let tl::enums::InputFileLocation::InputDocumentFileLocation(location) = request.location else {
        return Err(Refusal::new(400, "LOCATION_INVALID"));
    };
    let limit = usize::try_from(request.limit).unwrap_or(0);
    if limit == 0 || limit > 2 * PART || limit % 4096 != 0 || request.offset % 4096 != 0 {
        return Err(Refusal::new(400, "LIMIT_INVALID"));
    }
    let file = world.files.get(&location.id).filter(|f| f.access_hash == location.access_hash);
    let file = file.ok_or_else(|| Refusal::new(400, "FILE_ID_INVALID"))?;
    if location.file_reference != file.id.to_le_bytes() {
        return Err(Refusal::new(400, "FILE_REFERENCE_INVALID"));
    }
    let bytes = file.contents.part(request.offset.unsigned_abs(), limit);
    Ok(tl::types::upload::File { r#type: tl::enums::storage::FileType::FileUnknown, mtime: 0, bytes }.into())
}

pub fn send(
    world: &mut World,
    caller: Caller,
    request: tl::functions::messages::SendMedia,
) -> Answered<tl::enums::Updates> {
    let bot = world.signed_in(caller)?;
    let person = world.addressed(bot, &request.peer)?;
    let entities = request.entities.unwrap_or_default();
    limits::check_caption(&request.message, &entities)?;
    limits::check_markup(request.reply_markup.as_ref())?;
    let file = world.uploaded(request.media)?;
    world.remember_random_id(bot, request.random_id)?;
    let message = Message {
        id: 0,
        from_bot: true,
        text: request.message,
        entities,
        markup: request.reply_markup,
        date: tl_build::unix_now(),
        earlier: Vec::new(),
        attached: Attached::File(file),
    };
    let (id, update) = world.append(bot, person, message)?;
    let named = tl::types::UpdateMessageId { id, random_id: request.random_id }.into();
    Ok(tl_build::updates(vec![named, update], world.people_seen(bot, person)))
}

impl World {
    fn uploaded(&mut self, media: tl::enums::InputMedia) -> Answered<File> {
        let (input, mime_type, picture) = match media {
            tl::enums::InputMedia::UploadedDocument(document) => (document.file, document.mime_type, false),
            tl::enums::InputMedia::UploadedPhoto(photo) => (photo.file, "image/png".to_owned(), true),
            _ => return Err(Refusal::new(400, "MEDIA_INVALID")),
        };
        let (id, count, name, is_big) = match input {
            tl::enums::InputFile::File(file) => (file.id, file.parts, file.name, false),
            tl::enums::InputFile::Big(file) => (file.id, file.parts, file.name, true),
            tl::enums::InputFile::StoryDocument(_) => return Err(Refusal::new(400, "MEDIA_INVALID")),
        };
        let parts = self.uploads.remove(&id).unwrap_or_default();
        if count < 1 || parts.len() != count as usize || parts.keys().copied().ne(0..count) {
            return Err(Refusal::new(400, "FILE_PARTS_INVALID"));
        }
        let bytes: Vec<u8> = parts.into_values().flatten().collect();
        if (!is_big && bytes.len() > SMALL) || bytes.len() as u64 > LARGEST {
            return Err(Refusal::new(400, "FILE_PARTS_INVALID"));
        }
        if picture && !bytes.starts_with(b"\x89PNG") && !bytes.starts_with(b"\xff\xd8") {
            return Err(Refusal::new(400, "PHOTO_INVALID_DIMENSIONS"));
        }
        let file = self.add_file(&name, &mime_type, Contents::of(bytes));
        Ok(File { picture, ..file })
    }
}
