# Punchcard's processes (web, live, grpc, consumers, worker, beat): one image, different commands.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt -c constraints.txt
COPY . .
# A build has no database and no secret; collecting static files needs neither.
RUN LOCAL=on LOCAL_DIR=/tmp/build python manage.py collectstatic --no-input \
    && rm -rf /tmp/build \
    && useradd --system punchcard \
    && install -d -o punchcard /data
ENV LOCAL_DIR=/data
USER punchcard
EXPOSE 8000 50051
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "2", "--no-access-log", "config.wsgi:application"]
