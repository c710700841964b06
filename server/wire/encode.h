// What people are told → JSON text, appended to a buffer that the caller reuses: a broadcast is written once for the whole room,
// without allocations once the buffer has grown. The shapes are those of docs/protocol.md.
// Thread rule: pure, any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include "rooms/effect.h"

namespace matinee::wire {

// page_version: of the pages that this server gives out, told in each room.welcome; "" leaves it out.
void encode(const rooms::Outgoing& message, std::string& out, std::string_view page_version = {});

void encode_ok(const rooms::ReplyOk& reply, std::string& out);
// message_id: of the chat.post that was refused, else empty.
void encode_error(const rooms::Error& error, std::string_view ref, std::string_view message_id, std::string& out);
// t1 as the client spelt it; t2 = received, t3 = about to be sent, fractional server milliseconds.
void encode_clock_reply(std::string_view t1, double t2_ms, double t3_ms, std::string& out);
void encode_chat_page(std::string_view ref, std::span<const rooms::ChatMessage> messages, bool more_before, std::string& out);
void encode_chat_found(std::string_view ref, std::span<const rooms::ChatMessage> messages, bool more_before, std::string& out);

}  // namespace matinee::wire
