// websocketpp as we use it: its RFC 6455 frame processor and a message pool, without its connection, endpoint and transport classes
// (those cost 3 KiB per open socket). Only websocket.cpp includes this. One thread per Loop, no locks.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <websocketpp/close.hpp>
#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/config/core.hpp>
#include <websocketpp/logger/stub.hpp>
#include <websocketpp/processors/hybi13.hpp>

namespace matinee::net::engine {

namespace wpp = websocketpp;
using Error = wpp::lib::error_code;

// Messages are handled inside the read that completes them: one spare per thread is enough, and no declared length
// reserves memory beyond it.
template <class Message>
class MessagePool : public std::enable_shared_from_this<MessagePool<Message>> {
 public:
  using type = MessagePool<Message>;
  using ptr = std::shared_ptr<type>;
  using weak_ptr = std::weak_ptr<type>;
  using message_ptr = typename Message::ptr;

  message_ptr get_message() { return std::make_shared<Message>(this->shared_from_this()); }
  message_ptr get_message(websocketpp::frame::opcode::value opcode, std::size_t size) {
    constexpr std::size_t pooled_bytes_max = 4096;
    static thread_local message_ptr spare;
    if (spare && spare.use_count() == 1 && size <= pooled_bytes_max && spare->get_payload().capacity() <= 4 * pooled_bytes_max) {
      spare->set_opcode(opcode);
      spare->get_raw_payload().clear();
      spare->set_prepared(false);
      return spare;
    }
    auto message = std::make_shared<Message>(this->shared_from_this(), opcode, std::min(size, pooled_bytes_max));
    if (size <= pooled_bytes_max) spare = message;
    return message;
  }
  bool recycle(Message*) { return false; }
};

struct Config : wpp::config::core {
  using type = Config;
  using concurrency_type = wpp::concurrency::none;
  using message_type = wpp::message_buffer::message<MessagePool>;
  using con_msg_manager_type = MessagePool<message_type>;
  using elog_type = wpp::log::stub;
  using alog_type = wpp::log::stub;
  static const bool enable_extensions = false;
};
using Message = Config::message_type;
using Processor = wpp::processor::hybi13<Config>;

// A socket needs a processor only from the first byte of a message to its last: between messages a processor has no state, so the
// sockets of a Loop lend each other a few.
class Processors {
 public:
  [[nodiscard]] std::unique_ptr<Processor> take(std::size_t message_bytes_max) {
    if (idle_.empty()) idle_.push_back(std::make_unique<Processor>(false, true, messages_, random_));
    auto processor = std::move(idle_.back());
    idle_.pop_back();
    processor->set_max_message_size(message_bytes_max);
    return processor;
  }
  // Between messages only.
  void give_back(std::unique_ptr<Processor> processor) {
    if (idle_.size() < idle_max) idle_.push_back(std::move(processor));
  }
  // Its prepare_…() and process_handshake() keep nothing.
  [[nodiscard]] const Processor& writer() const { return writer_; }
  [[nodiscard]] Message::ptr new_message() { return messages_->get_message(); }

 private:
  static constexpr std::size_t idle_max = 8;
  std::shared_ptr<Config::con_msg_manager_type> messages_ = std::make_shared<Config::con_msg_manager_type>();
  Config::rng_type random_;  // clients mask, servers do not: never asked
  Processor writer_{false, true, messages_, random_};
  std::vector<std::unique_ptr<Processor>> idle_;
};

}  // namespace matinee::net::engine
