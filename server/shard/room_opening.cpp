#include "server/shard/room_opening.h"

#include "server/wire/stored.h"

namespace matinee::shard {

rooms::RoomSnapshot snapshot_from(const seams::RoomRecord& record) {
  rooms::RoomSnapshot snapshot;
  snapshot.info.grants = rooms::grants_of(snapshot.info.preset);
  if (auto saved = wire::decode_snapshot(record.snapshot)) snapshot = std::move(*saved);
  wire::decode_settings(record.settings, snapshot.info);
  snapshot.info.code = record.code;
  snapshot.info.name = record.name;
  snapshot.info.owner = record.owner;
  snapshot.info.guest_room = record.kind == seams::RoomKind::guest;
  snapshot.roles.clear();
  for (const auto& entry : record.roles) snapshot.roles.emplace_back(entry.user, entry.role);
  snapshot.info.access = record.access.access;
  snapshot.password_hash = record.access.password_hash;
  snapshot.admitted = record.admitted;
  snapshot.blocks.clear();
  for (const auto& block : record.blocks) snapshot.blocks.push_back({block.user, block.name, block.until_ms, block.address});
  return snapshot;
}

rooms::ChatMessage message_from(const seams::StoredMessage& stored) {
  rooms::ChatMessage message;
  wire::decode_extra(stored.extra, message);
  message.seq = stored.seq;
  message.id = stored.message_id;
  message.author = stored.author;
  message.text = stored.body;
  message.at_ms = stored.at_ms;
  message.deleted = stored.kind == seams::MessageKind::removal;
  if (!message.deleted) message.edited_at_ms = stored.edited_at_ms;
  message.reactions = wire::decode_reactions(stored.reactions);
  return message;
}

std::vector<rooms::ChatMessage> messages_from(const std::vector<seams::StoredMessage>& stored) {
  std::vector<rooms::ChatMessage> messages;
  messages.reserve(stored.size());
  for (const auto& row : stored)
    if (row.kind != seams::MessageKind::voided) messages.push_back(message_from(row));
  return messages;
}

rooms::RoomOptions options_from(const seams::RoomRecord& record, const std::vector<seams::StoredMessage>& newest) {
  rooms::RoomOptions options;
  options.epoch = record.epoch;
  options.last_seq = record.last_seq;
  options.last_change = record.last_change;
  options.recent = messages_from(newest);
  for (const auto& row : newest)
    if (!row.message_id.empty()) options.remembered.emplace_back(row.author, row.message_id);
  return options;
}

seams::AppendRequest append_from(const rooms::Store& store, seams::RoomWriter writer) {
  seams::AppendRequest request;
  request.room = writer.room;
  request.epoch = writer.epoch;
  request.seq = store.message.seq;
  request.kind = store.void_row ? seams::MessageKind::voided : seams::MessageKind::message;
  request.author = store.message.author;
  request.message_id = store.message.id;
  request.body = store.message.text;
  request.extra = wire::encode_extra(store.message);
  request.at_ms = store.message.at_ms;
  return request;
}

seams::AppendRequest append_from(const rooms::StoreChange& store, seams::RoomWriter writer) {
  const rooms::MessageChange& change = store.change;
  seams::AppendRequest request;
  request.room = writer.room;
  request.epoch = writer.epoch;
  request.seq = change.seq;
  request.change = change.number;
  request.author = change.by;
  request.at_ms = change.at_ms;
  switch (change.what) {
    case rooms::ChangeKind::edit:
      request.kind = seams::MessageKind::edit;
      request.body = change.text;
      break;
    case rooms::ChangeKind::removal: {
      request.kind = seams::MessageKind::removal;
      rooms::ChatMessage left;
      left.author_name = change.author_name;
      request.extra = wire::encode_extra(left);
      break;
    }
    case rooms::ChangeKind::reactions:
      request.kind = seams::MessageKind::reactions;
      request.extra = wire::encode_reactions(change.reactions);
      break;
  }
  return request;
}

}  // namespace matinee::shard
