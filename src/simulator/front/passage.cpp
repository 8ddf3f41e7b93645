#include <simulator/front/passage.hpp>

#include <simulator/calls/reply.hpp>
#include <simulator/front/batch.hpp>
#include <simulator/front/router.hpp>
#include <simulator/login/dialog.hpp>
#include <simulator/publishing/publishing.hpp>
#include <simulator/publishing/upload.hpp>

namespace everlong::simulator {
namespace {

http::Response missing_page(Instant now) {
    return to_html_response(
        404,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Page not found</title></head><body><h1>Sorry, "
        "this page isn't available.</h1></body></html>\n",
        now);
}

http::Response work(Sandbox& sandbox, Passage& passage) {
    Context context{*sandbox.world,
                    sandbox.switches,
                    sandbox.ledger,
                    sandbox.limits,
                    passage.call,
                    nullptr,
                    passage.record,
                    {},
                    0,
                    {},
                    {}};
    if (!passage.call.token.empty()) note_token(context, passage.call.token);
    if (passage.fault && !passage.fault->has_effect) return {};
    if (is_dialog_call(passage.call)) return answer_dialog(context);
    if (is_upload_call(passage.call) && passage.request != nullptr) {
        return answer_upload(sandbox, context, *passage.request);
    }
    if (!is_api_host(passage.call.host)) return missing_page(passage.call.now);
    const auto outcome = is_batch_call(passage.call) ? answer_batch(sandbox, context) : dispatch(context);
    if (!outcome) {
        passage.record.error_code = outcome.error().code;
        passage.record.error_subcode = outcome.error().subcode;
    }
    return to_response(context, outcome, sandbox.traces);
}

} // namespace

void work_passage(Sandbox& sandbox, Passage& passage) {
    passage.call.now = sandbox.now();
    passage.response = work(sandbox, passage);
}

Passage begin_passage(Sandbox& sandbox, Call call) {
    Passage passage;
    passage.call = std::move(call);
    passage.record.at = passage.call.now;
    passage.record.method = passage.call.method;
    passage.record.host = host_name(passage.call.host);
    passage.record.path = passage.call.public_path();
    passage.record.version = passage.call.asked_version.value_or("");
    passage.fault = sandbox.faults.take(passage.call, *sandbox.world);
    return passage;
}

void answer_for_picture(Sandbox& sandbox, Passage& passage, const std::string& container_id) {
    Publishing& publishing = *sandbox.world->publishing;
    const Container* container = publishing.find_container(container_id);
    // In a batch each item has its answer already; the fault shows in the container.
    if (container == nullptr || !container->fault || is_batch_call(passage.call)) return;
    const GraphError error = container->fault->error;
    publishing.drop_container(container_id);
    passage.record.error_code = error.code;
    passage.record.error_subcode = error.subcode;
    passage.response = to_error_response(passage.call, error, sandbox.traces);
}

http::Response finish_passage(Sandbox& sandbox, Passage& passage) {
    http::Response response = std::move(passage.response);
    if (passage.fault) {
        const Fault& fault = *passage.fault;
        auto answer = fault.has_effect ? std::optional(std::move(response)) : std::nullopt;
        response = strike(fault, passage.call, std::move(answer), sandbox.traces);
        passage.record.fault = fault.name;
        if (fault.kind == Fault::Kind::kStatus || fault.kind == Fault::Kind::kRateLimit) {
            passage.record.error_code = fault.error.code;
            passage.record.error_subcode = fault.error.subcode;
        }
    }
    const bool is_lost =
        response.transmission == http::Transmission::kDrop || response.transmission == http::Transmission::kReset;
    passage.record.status = is_lost ? 0 : response.status;
    sandbox.ledger.add_call(passage.record);
    return response;
}

} // namespace everlong::simulator
