"""The network of the guides, 4 - 10 - 1, finished, in Keras.

Behind an arrow stands what a line computes of the step beside it.
"""

from keras import Input, Sequential, optimizers
from keras.layers import Dense


def build():
    """4 inputs, 10 hidden units, 1 output: 61 parameters."""
    hidden = Dense(10, "relu")  # -> z1, h
    output = Dense(1)  # -> y
    inputs = Input(shape=(4,))  # not input_shape=
    return Sequential([inputs, hidden, output])


def compiled(model, lr=1e-3, eps=1e-7):
    """Keras' own eps is 1e-7, PyTorch's is 1e-8."""
    adam = optimizers.Adam(learning_rate=lr, epsilon=eps)
    model.compile(
        optimizer=adam,
        loss="mse",  # -> r, squares, loss
        metrics=["mae"],  # -> sizes, mae
    )
    return model


def train(model, x, t, x_val, t_val, epochs):
    """zero_grad, forward, loss, backward, step: all in fit."""
    return model.fit(  # -> backward, update
        x,
        t,
        epochs=epochs,
        batch_size=32,
        validation_data=(x_val, t_val),
        verbose=0,
    )


def test(model, x_val, t_val):
    """evaluate calls the layers with training=False: eval()."""
    return model.evaluate(x_val, t_val, verbose=0)


def given(start, dials):
    """The model with the numbers that it is to start from."""
    model = build()
    kernels = start["W1"].T, start["b1"], start["W2"].T, start["b2"]
    model.set_weights(kernels)  # a kernel is W, on its side
    return compiled(model, dials["lr"], dials["eps"])


def penguins(dials, start, batches):
    """One step for each batch, as fit takes them."""
    model = given(start, dials)
    for batch in batches:
        loss, _ = model.train_on_batch(batch["x"], batch["t"])
        W1, b1, W2, b2 = model.get_weights()
        yield {
            "loss": loss,
            "W1'": W1.T,
            "b1'": b1,
            "W2'": W2.T,
            "b2'": b2,
        }
        model.reset_metrics()


def shapes(dials, start, batches):
    """Keras makes (N,) a column (N, 1) before it subtracts."""
    return penguins(dials, start, batches)


def validation(dials, start, batches):
    model = given(start, dials)
    for batch in batches:
        loss, mae = test(model, batch["x"], batch["t"])
        yield {"loss": loss, "mae": mae}
