namespace RecoService.Engine.Evaluation;

/// <param name="Rmse">Root mean squared error, in units of the rating scale.</param>
/// <param name="Mae">Mean absolute error.</param>
/// <param name="Count">How many ratings were predicted.</param>
/// <param name="UnknownCount">How many of the pairs the model did not know, so that the fallback was judged.</param>
public sealed record RatingResult(double Rmse, double Mae, int Count, int UnknownCount);
