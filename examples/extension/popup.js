const record = { humidity: 90, wind: 'a' };
const { probability, label, kernel, error } = await chrome.runtime.sendMessage(record);
document.querySelector('#answer').textContent =
  error ?? `${JSON.stringify(record)} → ${probability.toFixed(4)}, ${label} (${kernel})`;
