// Uploads tell how far they are. Without this file the same forms send themselves.
"use strict";
document.addEventListener("submit", (event) => {
  const form = event.target;
  const line = form.querySelector?.("[data-uploading]");
  if (!line || form.dataset.uploading) return;
  event.preventDefault();
  form.dataset.uploading = "yes";
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (sent) => {
    if (sent.lengthComputable) line.textContent = `${line.dataset.uploading} ${Math.floor((100 * sent.loaded) / sent.total)} %`;
  });
  request.addEventListener("load", () => {
    if (request.status < 300) return void location.replace(request.responseURL);
    document.open(); // the same page with what is wrong
    document.write(request.responseText);
    document.close();
  });
  request.addEventListener("error", () => {
    delete form.dataset.uploading;
    delete form.dataset.sent;
    line.textContent = line.dataset.failed;
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.send(new FormData(form));
});
