// Recorders: what is recorded of the streams of one loop. A stream is recorded once at a time; when its recording is over, its thread is
// waited for before it is let go of, never on the loop.
// Thread rule: the loop's thread; use() before it runs, join() after it has ended.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "server/media/recorder.h"

namespace matinee::media {

class Recorders : public std::enable_shared_from_this<Recorders> {
 public:
  Recorders(net::Loop& loop, std::function<std::int64_t()> server_time_us, std::size_t recordings_max = limits::recordings_max)
      : loop_(loop), server_time_us_(std::move(server_time_us)), recordings_max_(recordings_max) {}

  // Where recordings are kept; without it nothing is recorded.
  void use(seams::Recordings& recordings) { recordings_ = &recordings; }
  // `hub`: null when the stream is not live. Answers on the loop, when the room knows of it: the id of its item in the library.
  void start(const std::shared_ptr<MediaHub>& hub, RecordWish wish, Recorder::OnOpen then);
  // False: the stream is not recorded.
  [[nodiscard]] bool stop(std::int64_t stream);
  void stop();  // the relay ends: every recording does, with what it has
  void join();  // waits until all of it is written
  [[nodiscard]] std::size_t size() const { return all_.size(); }

 private:
  struct Entry {
    std::int64_t stream = 0;
    std::shared_ptr<Recorder> recorder;  // shared with calls under way
  };
  [[nodiscard]] Recorder* wanted(std::int64_t stream) const;
  void arm();
  void look();

  net::Loop& loop_;
  const std::function<std::int64_t()> server_time_us_;
  const std::size_t recordings_max_;
  seams::Recordings* recordings_ = nullptr;
  std::vector<Entry> all_;
  net::Timer timer_;
  bool stopped_ = false;
};

}  // namespace matinee::media
