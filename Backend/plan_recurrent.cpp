#include "plan.hpp"

namespace lasagne {

bool Plan::carry_out_cells(const CTPlanOperation &operation, Places places) {
  const Kernels &kernel = kernels();
  const int64_t *s = operation.sizes;
  float *buffers[10];
  for (int position = 0; position < 10; ++position) buffers[position] = at(operation, places, position);
  float **b = buffers;
  switch (operation.code) {
    case CT_PLAN_COPY_ROWS:
      kernel.copy_rows(b[0], s[2], b[1], s[3], s[0], s[1], s[4] != 0);
      return true;
    case CT_PLAN_GRU_STEP:
      kernel.gru_step(b[0], b[1], b[2], b[3], b[4], b[5], s[0], s[1]);
      return true;
    case CT_PLAN_GRU_STEP_BACK:
      kernel.gru_step_back(b[0], b[1], b[2], b[3], b[4], b[5], b[6], s[0], s[1]);
      return true;
    case CT_PLAN_LSTM_STEP:
      kernel.lstm_step(b[0], b[1], b[2], b[3], b[4], b[5], b[6], s[0], s[1]);
      return true;
    case CT_PLAN_LSTM_STEP_BACK:
      kernel.lstm_step_back(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], s[0], s[1]);
      return true;
    default: return false;
  }
}

}  // namespace lasagne
