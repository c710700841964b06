// A conversation of the video protocol gives the same messages and the same end however it is cut into pieces; pictures need no
// more memory than bytes came; what is understood is said again in the same words. The first byte chooses the cut and whether
// the connection is already open.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "videoproto/control_codec.h"
#include "videoproto/frame_pool.h"
#include "videoproto/jpeg_head.h"
#include "videoproto/parser.h"
#include "videoproto/session.h"

using namespace matinee::videoproto;

namespace {

std::shared_ptr<PoolBudget> budget() {
  static const auto shared = std::make_shared<PoolBudget>();
  return shared;
}
FramePool& pool() {
  static FramePool shared = std::move(*FramePool::create(budget(), {}));
  return shared;
}

void check_control(Type type, std::span<const std::byte> payload) {
  const auto message = decode_control(type, payload);
  if (!message) return;
  const std::string again = encode_control(*message);
  const auto back = decode_control(type, std::as_bytes(std::span(again)));
  if (!back || *back != *message) std::abort();
}

class Relay final : public ParserSink {
 public:
  explicit Relay(bool open) {
    if (!open) return;
    session_.on_message(Type::hello, 0);
    static_cast<void>(session_.on_send(Type::welcome));
    session_.on_message(Type::auth, 0);
    static_cast<void>(session_.on_send(Type::auth_ok));
    static_cast<void>(session_.open_stream(7));
  }
  std::string trace;

  Verdict on_header(const Header& header) override {
    const HeaderBytes bytes = encode_header(header);
    if (decode_header(bytes) != header) std::abort();
    const Verdict verdict = session_.on_header(header, 0);
    trace += std::to_string(static_cast<int>(verdict.kind)) + std::string(name_of(header.type)) + " ";
    if (verdict.kind == Verdict::Kind::take && header.type == Type::frame && !(slot_ = pool().begin())) std::abort();
    payload_.clear();
    return verdict;
  }
  std::span<std::byte> on_space(const Header& header, std::size_t have, std::size_t missing) override {
    if (have + missing != header.payload_bytes) std::abort();
    if (header.type == Type::frame) return slot_.space(have, missing);
    payload_.resize(have + std::min<std::size_t>(missing, 512));
    return std::span(payload_).subspan(have);
  }
  std::optional<ErrorCode> on_message(const Header& header) override {
    if (header.type == Type::frame) {
      const Frame frame = std::move(slot_).finish(header.payload_bytes);
      const auto head = scan_jpeg(frame.bytes());
      trace += head ? std::to_string(head->width) : std::string(name_of(head.error()));
    } else {
      trace.append(reinterpret_cast<const char*>(payload_.data()), payload_.size());
      if (carries_json(header.type)) check_control(header.type, payload_);
      session_.on_message(header.type, 0);
      if (session_.state() == State::hello) static_cast<void>(session_.on_send(Type::welcome));
    }
    return std::nullopt;
  }

 private:
  Session session_{Role::relay, 0};
  FrameFill slot_;
  std::vector<std::byte> payload_;
};

std::string run(std::span<const std::byte> bytes, std::size_t piece, bool open) {
  Relay relay(open);
  Parser parser(relay);
  while (!bytes.empty()) {
    const std::size_t now = std::min(piece, bytes.size());
    const auto error = parser.feed(bytes.first(now));
    if (error != parser.error()) std::abort();
    bytes = bytes.subspan(now);
  }
  return relay.trace + (parser.error() ? std::to_string(static_cast<int>(*parser.error())) : "") + (parser.at_boundary() ? "." : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  const bool open = (data[0] & 0x80) != 0;
  pool().trim();
  const std::string whole = run(bytes, size, open);
  if (run(bytes, (data[0] & 0x7FU) + 1U, open) != whole) std::abort();
  if (pool().free_slots() != limits::pool_slots) std::abort();
  // Reads go ahead by at most a portion of 64 KiB.
  if (budget()->touched_bytes() > size + 2 * 64 * 1024 && size < 64 * 1024) std::abort();
  return 0;
}
