#include "server/media/frame_asker.h"

#include <algorithm>

#include "server/media/limits.h"

namespace matinee::media {

using rooms::VideoFrames;

AskStep FrameAsker::update(const AskContext& context, std::int64_t now_ms) {
  AskStep step;
  const bool other_video = context.link != link_;
  if (other_video) begin_video(context);
  const bool together = context.desktops.size() >= 2;
  if (together) alone_since_ms_.reset();
  else if (!alone_since_ms_) alone_since_ms_ = now_ms;

  if (context.stream_there) {
    asking_.reset();
    const bool alone_too_long = !together && now_ms - *alone_since_ms_ >= limits::alone_ms;
    step.stop_stream = other_video || link_.empty() || alone_too_long;
    if (alone_too_long) asked_.clear();  // it did nothing wrong, and is asked again when somebody comes
    frames_ = step.stop_stream ? VideoFrames::none : VideoFrames::live;
    return step;
  }
  if (link_.empty() || !together) {
    asking_.reset();
    frames_ = VideoFrames::none;
    return step;
  }
  if (still_waits(context, now_ms)) return step;
  asking_.reset();
  std::erase_if(asked_, [&](const auto& each) {
    return std::none_of(context.desktops.begin(), context.desktops.end(), [&](const AskCandidate& d) { return d.client == each.first; });
  });
  const AskCandidate* chosen = next(context);
  frames_ = chosen != nullptr ? VideoFrames::asking : VideoFrames::nobody;
  if (chosen == nullptr) return step;
  last_ask_ = last_ask_ % 0xFFFF'FFFF + 1;
  asked_[chosen->client] = last_ask_;
  asking_ = Asking{chosen->client, now_ms + limits::ask_ms};
  step.question = AskStep::Question{chosen->client, last_ask_};
  return step;
}

// Later changes of the playback have other authors: who put the video on is who was named when it came.
void FrameAsker::begin_video(const AskContext& context) {
  link_ = context.link;
  put_on_by_ = context.put_on_by;
  asking_.reset();
  asked_.clear();
}

bool FrameAsker::still_waits(const AskContext& context, std::int64_t now_ms) const {
  if (!asking_ || now_ms >= asking_->until_ms) return false;
  return std::any_of(context.desktops.begin(), context.desktops.end(),
                     [&](const AskCandidate& each) { return each.client == asking_->client && may_ask(each); });
}

bool FrameAsker::may_ask(const AskCandidate& desktop) const {
  return desktop.may_publish && (desktop.allowed || desktop.person == put_on_by_);
}

const AskCandidate* FrameAsker::next(const AskContext& context) const {
  const auto free = [&](const AskCandidate& each) { return may_ask(each) && !asked_.contains(each.client); };
  const AskCandidate* first = nullptr;
  for (const AskCandidate& each : context.desktops) {
    if (!free(each)) continue;
    if (each.person == put_on_by_) return &each;
    if (first == nullptr) first = &each;
  }
  return first;
}

bool FrameAsker::was_asked(std::int64_t ask, std::uint64_t client) const {
  const auto at = asked_.find(client);
  return at != asked_.end() && at->second == ask;
}

void FrameAsker::declined(std::int64_t ask, std::uint64_t client) {
  if (asking_ && was_asked(ask, client) && asking_->client == client) asking_.reset();
}

}  // namespace matinee::media
