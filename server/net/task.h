// A move-only void() callable for everything that is posted to a Loop.
// Why not std::function: what moves between threads here (open descriptors, upgrade requests) cannot be copied.
// Thread rule: a Task belongs to whoever holds it; it is run at most once per call and never shared.
#pragma once
#include <memory>
#include <type_traits>
#include <utility>

namespace matinee::net {

class Task {
 public:
  Task() = default;
  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, Task>>>
  Task(F&& f) : held_(std::make_unique<Holder<std::decay_t<F>>>(std::forward<F>(f))) {}

  void operator()() { held_->run(); }
  explicit operator bool() const { return held_ != nullptr; }

 private:
  struct Base {
    Base() = default;
    Base(const Base&) = delete;
    Base& operator=(const Base&) = delete;
    virtual ~Base() = default;
    virtual void run() = 0;
  };
  template <class F>
  struct Holder final : Base {
    template <class G>
    explicit Holder(G&& g) : f(std::forward<G>(g)) {}
    void run() override { f(); }
    F f;
  };
  std::unique_ptr<Base> held_;
};

}  // namespace matinee::net
