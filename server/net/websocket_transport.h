// websocketpp's view of our connections: a transport policy and a message pool. Only websocket.cpp includes this.
// Inbound bytes are handed in by feed(); outbound bytes (handshake, control frames) and the end go to the owner at once, so the
// engine's own queue is always empty. One thread per Loop, no locks.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <websocketpp/common/connection_hdl.hpp>
#include <websocketpp/transport/base/connection.hpp>
#include <websocketpp/transport/base/endpoint.hpp>
#include <websocketpp/uri.hpp>

#include "server/net/loop.h"

namespace matinee::net::engine {

namespace transport = websocketpp::transport;
using Error = websocketpp::lib::error_code;

// What the engine asks of the socket it works for.
class Owner {
 public:
  virtual ~Owner() = default;
  virtual Loop& owner_loop() = 0;
  virtual void engine_writes(std::string_view bytes) = 0;
  // The engine is done; `confirm` must be called, but not from inside this.
  virtual void engine_ends(std::function<void()> confirm) = 0;
};

struct EngineTimer {
  Timer timer;
  void cancel() { timer.cancel(); }
};

template <class Config>
class TransportConnection : public std::enable_shared_from_this<TransportConnection<Config>> {
 public:
  using type = TransportConnection<Config>;
  using ptr = std::shared_ptr<type>;
  using concurrency_type = typename Config::concurrency_type;
  using alog_type = typename Config::alog_type;
  using elog_type = typename Config::elog_type;
  using scoped_lock_type = typename concurrency_type::scoped_lock_type;
  using mutex_type = typename concurrency_type::mutex_type;
  using timer_ptr = std::shared_ptr<EngineTimer>;

  TransportConnection(bool, const std::shared_ptr<alog_type>&, const std::shared_ptr<elog_type>&) {}

  // ---- ours
  void set_owner(Owner* owner) { owner_ = owner; }
  [[nodiscard]] Owner* owner() const { return owner_; }
  // After the open only the frame handler reads, always the same one: it is kept instead of copied for every read.
  void handshake_done() { open_ = true; }
  void feed(std::string_view bytes) {
    while (!bytes.empty() && waits_) {
      const std::size_t size = std::min(bytes.size(), room_);
      std::memcpy(buffer_, bytes.data(), size);
      bytes.remove_prefix(size);
      give(Error(), size);
    }
  }
  // A running timer holds the engine's connection, which holds the timer.
  void stop_timers() {
    if (const auto timer = newest_timer_.lock()) timer->cancel();
  }
  void feed_end() {
    if (waits_) give(transport::error::make_error_code(transport::error::eof), 0);
  }

  // ---- what websocketpp asks for
  ptr get_shared() { return this->shared_from_this(); }
  void set_secure(bool) {}
  bool is_secure() const { return false; }  // only used to spell a URI that nobody reads
  void set_uri(const websocketpp::uri_ptr&) {}
  std::string get_remote_endpoint() const { return {}; }
  websocketpp::connection_hdl get_handle() const { return handle_; }

  timer_ptr set_timer(long ms, transport::timer_handler handler) {
    auto timer = std::make_shared<EngineTimer>();
    newest_timer_ = timer;
    if (owner_)
      timer->timer = owner_->owner_loop().start_timer(std::chrono::milliseconds(ms), [handler = std::move(handler)] { handler(Error()); });
    return timer;
  }

 protected:
  void init(const transport::init_handler& handler) { handler(Error()); }
  void set_handle(websocketpp::connection_hdl handle) { handle_ = std::move(handle); }

  void async_read_at_least(std::size_t, char* buffer, std::size_t size, const transport::read_handler& handler) {
    buffer_ = buffer;
    room_ = size;
    waits_ = true;
    if (!open_ || !frame_handler_) (open_ ? frame_handler_ : handshake_handler_) = handler;
  }
  void async_write(const char* bytes, std::size_t size, const transport::write_handler& handler) {
    if (owner_) owner_->engine_writes({bytes, size});
    handler(Error());
  }
  // Header and payload of one or several control frames.
  void async_write(const std::vector<transport::buffer>& buffers, const transport::write_handler& handler) {
    std::string bytes;
    for (const transport::buffer& buffer : buffers) bytes.append(buffer.buf, buffer.len);
    if (owner_) owner_->engine_writes(bytes);
    handler(Error());
  }
  Error dispatch(const transport::dispatch_handler& handler) {
    handler();
    return Error();
  }
  Error interrupt(const transport::interrupt_handler&) {
    return transport::error::make_error_code(transport::error::operation_not_supported);
  }
  void async_shutdown(transport::shutdown_handler handler) {
    waits_ = false;
    if (owner_) owner_->engine_ends([handler = std::move(handler)] { handler(Error()); });
  }

 private:
  void give(const Error& error, std::size_t size) {
    waits_ = false;
    if (open_ && frame_handler_) return frame_handler_(error, size);
    const auto handler = std::move(handshake_handler_);
    handshake_handler_ = nullptr;
    handler(error, size);
  }

  Owner* owner_ = nullptr;
  std::weak_ptr<EngineTimer> newest_timer_;  // the engine has one at a time
  websocketpp::connection_hdl handle_;
  transport::read_handler handshake_handler_;
  transport::read_handler frame_handler_;
  char* buffer_ = nullptr;
  std::size_t room_ = 0;
  bool waits_ = false;
  bool open_ = false;
};

template <class Config>
class TransportEndpoint {
 public:
  using type = TransportEndpoint<Config>;
  using ptr = std::shared_ptr<type>;
  using concurrency_type = typename Config::concurrency_type;
  using elog_type = typename Config::elog_type;
  using alog_type = typename Config::alog_type;
  using transport_con_type = TransportConnection<Config>;
  using transport_con_ptr = typename transport_con_type::ptr;
  bool is_secure() const { return false; }

 protected:
  void init_logging(const std::shared_ptr<alog_type>&, const std::shared_ptr<elog_type>&) {}
  Error init(const transport_con_ptr&) { return Error(); }
};

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

}  // namespace matinee::net::engine
