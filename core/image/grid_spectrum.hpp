#pragma once

#include <vector>

namespace dgxp {

/// The power at each frequency of both profiles together, that of windows of 256 pixels, so that
/// drift along the picture does not blur it.
std::vector<double> measure_spectrum(const std::vector<float>& columns,
                                     const std::vector<float>& rows);

/// Cell sizes, in pixels, at the highest peaks, best first, each between `least` and `most`.
std::vector<double> spectrum_peaks(const std::vector<double>& spectrum, double least, double most);

/// The cell size at the highest peak within a tenth of `cell`; `cell` when there is none.
double peak_near(const std::vector<double>& spectrum, double cell);

}  // namespace dgxp
