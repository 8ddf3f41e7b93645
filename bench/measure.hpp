#pragma once
// CPU time of this process (user and system), of all its threads and of this one, and time on the wall.

#include <algorithm>
#include <chrono>
#include <vector>

#include <sys/resource.h>

namespace everlong::bench {

struct Cost {
    double cpu_us = 0;             // all threads
    double this_thread_cpu_us = 0; // of that, this one: everything but the store's own threads
    double wall_us = 0;
};

class Meter {
public:
    Meter()
        : cpu_us_(cpu_now_us(RUSAGE_SELF)), thread_cpu_us_(cpu_now_us(RUSAGE_THREAD)),
          begin_(std::chrono::steady_clock::now()) {}
    // Since it was made, for each of `count` equal pieces of work.
    Cost cost_of_each(std::size_t count) const {
        const std::chrono::duration<double, std::micro> wall = std::chrono::steady_clock::now() - begin_;
        const auto pieces = static_cast<double>(count);
        return {(cpu_now_us(RUSAGE_SELF) - cpu_us_) / pieces, (cpu_now_us(RUSAGE_THREAD) - thread_cpu_us_) / pieces,
                wall.count() / pieces};
    }

private:
    static double cpu_now_us(int whose) {
        rusage usage{};
        ::getrusage(whose, &usage);
        const auto us = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
        };
        return us(usage.ru_utime) + us(usage.ru_stime);
    }

    double cpu_us_;
    double thread_cpu_us_;
    std::chrono::steady_clock::time_point begin_;
};

// Of a list that is not empty.
inline double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

} // namespace everlong::bench
