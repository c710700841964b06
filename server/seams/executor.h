// Executor: "run this on my loop". Every seam takes one beside its completion handler, so that an answer always arrives on the
// caller's own thread and no caller needs a lock. Make one Executor per loop and copy it: copies are equal, and the store posts
// once per commit group and distinct executor, not once per message.
// Thread rule: may be copied, compared and called from any thread; the post function given to it must be thread-safe, must keep
// the order of its calls, and must not run the work inside the call.
#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <utility>

namespace matinee::seams {

class Executor {
 public:
  using Work = std::function<void()>;
  using Post = std::function<void(Work)>;

  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, Executor> && std::constructible_from<Post, F>) Executor(F&& post)
      : post_(std::make_shared<const Post>(std::forward<F>(post))) {}  // NOLINT: a lambda is an Executor

  void operator()(Work work) const { (*post_)(std::move(work)); }
  bool operator==(const Executor& other) const { return post_ == other.post_; }

 private:
  std::shared_ptr<const Post> post_;  // shared by every request in flight that was made from this loop
};

}  // namespace matinee::seams
