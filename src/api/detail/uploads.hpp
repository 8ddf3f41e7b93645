#pragma once
// Bodies that are files: taken piece by piece, brought to the shelf as they come, in constant memory. Whoever may not
// bring one is answered before the body is read.

#include <api/detail/call.hpp>
#include <engine/files/files.hpp>
#include <http/body_taker.hpp>

#include <memory>
#include <optional>
#include <string>

namespace everlong::api::detail {

// What the head of a request says of the bytes behind it.
struct UploadPlan {
    ports::MediaFile file;    // an empty id: to be made from its name and size
    std::uint64_t offset = 0; // where the bytes belong
};

class Upload final : public http::BodyTaker {
public:
    // `head` without a body.
    Upload(const ApiContext& context, Access& access, http::Request head);
    ~Upload() override;

    std::uint64_t limit_bytes() const override { return engine::kMostFileBytes; }
    bool take(std::string_view piece) override;
    Async<bool> settle() override;

    // After the last piece: the file as it is now. Errors: what kept the bytes from being taken.
    Task<ports::MediaFile> finish();

private:
    Task<void> begin();
    Task<void> flush();

    engine::Files& files() { return context_.publishing->files; }

    const ApiContext& context_;
    Access& access_;
    http::Request head_;
    std::optional<Result<void>> outcome_; // absent: not begun
    UploadPlan plan_;
    std::string buffer_;
};

// The protocol of resumable uploads (tus.io), 1.0.0.
inline constexpr std::string_view kTusVersion = "1.0.0";
bool speaks_tus(const http::Request& request);

// What the head of a request plans to bring, its caller being admitted already. `body_bytes`: how many follow, as far as
// that is told. Errors: kFileOffset (kUsage), kFileUnknown, kFileTooLarge; kUsage (kUsage) for a head that does not say
// enough; those of the store.
Task<UploadPlan> plan_upload(const ApiContext& context, const Caller& caller, const http::Request& head,
                             const std::vector<std::string>& captured, std::optional<std::uint64_t> body_bytes);

// A file that this caller may use: a key for one channel sees only what it has brought itself. kFileUnknown (kUsage).
Task<ports::MediaFile> find_file_for(const ApiContext& context, const Caller& caller, core::FileId id);

} // namespace everlong::api::detail
