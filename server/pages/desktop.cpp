#include "server/pages/desktop.h"

#include "rooms/room_code.h"
#include "server/ops/host_rules.h"
#include "server/pages/room_json.h"

namespace matinee::pages {
namespace {

constexpr std::int64_t too_many_retry_s = 60;

void refuse(const VisitPtr& visit, int status, std::string_view error, std::string_view sentence, std::int64_t retry_after_s = 0) {
  http::Response response = http::Response::json(status, "{\"error\":" + json_text(error) + ",\"sentence\":" + json_text(sentence) + "}");
  if (retry_after_s > 0) response.with("Retry-After", std::to_string(retry_after_s));
  visit->send(std::move(response));
}

// An unknown room, one that blocked the person and one they are not in are the same: so no code can be guessed here.
void refuse_absent(const VisitPtr& visit) {
  refuse(visit, 404, "not_present", "You are not in this room. Open its page and stay there while you connect.");
}

}  // namespace

void pair_desktop(VisitPtr visit, http::Form) {
  const DesktopVideo& video = visit->services.desktop_video;
  const auto code = rooms::read_room_code(visit->request->path_param("code"));
  if (!visit->who) return refuse(visit, 401, "not_logged_in", "You are logged out. Reload the page.");
  if (!video.make_pair) return refuse(visit, 404, "video_off", "Desktop video is switched off on this server.");
  if (!code) return refuse_absent(visit);
  video.make_pair(
      *code, *visit->who, visit->request->remote_address(), visit->here.executor,
      [visit, code = *code](const std::optional<std::string>& pair) {
        if (!pair) return refuse_absent(visit);
        if (pair->empty())
          return refuse(visit, 429, "slow_down", "Too many people connect just now. Try again in a minute.", too_many_retry_s);
        const DesktopVideo& desktop = visit->services.desktop_video;
        const std::string where = visit->services.hosts.host_for(visit->request->host()) + ":" + std::to_string(desktop.port);
        const std::string line = "matinee-video join " + where + " " + code + " --pair " + *pair + desktop.short_print;
        visit->send(http::Response::json(200, "{\"line\":" + json_text(line) + ",\"expires_s\":" + std::to_string(desktop.pair_s) + "}"));
      });
}

}  // namespace matinee::pages
